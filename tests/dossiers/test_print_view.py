"""A paper prints as titled fields, in both languages, with no name its reader may not see."""

from typing import Any

import pytest

from cases.papers import Paper
from dossiers.ending import TerminationForm
from dossiers.print_titles import TITLES
from dossiers.print_view import Known, Line, PrintView, lines_of, printed
from dossiers.record_performance import PerformanceForm
from dossiers.visits import VisitForm
from foundation.language import english
from policies import gate
from tests.dossiers.build import Built, rows
from tests.dossiers.following import visit
from tests.world import World

WAYS = [{"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day": "2029-03-01"}]


def by_name(lines: tuple[Line, ...]) -> dict[str, Line]:
    return {line.name: line for line in lines}


def test_a_code_is_printed_as_its_label_and_money_as_exact_yuan() -> None:
    content = {"rows": [{"term": "t", "on_date": "2026-03-02", "amount_fen": 123456789, "defaulted": False}]}
    (table,) = lines_of(PerformanceForm, content, Known({"t": "1"}, "zh"))
    row = by_name(table.rows[0])
    assert (row["amount_fen"].text, row["term"].text, row["defaulted"].text) == ("1,234,567.89", "1", "否")
    assert row["amount_fen"].title == "已付金额"


@pytest.mark.parametrize(
    ("language", "title", "ground"), [("zh", "终止的理由", "调解不成"), ("en", "Ground", "Failed")]
)
def test_titles_and_labels_speak_both_languages(language: str, title: str, ground: str) -> None:
    content: dict[str, Any] = {"ground": "failed", "channels": WAYS, "legal_basis": "人民调解法第26条"}
    lines = by_name(lines_of(TerminationForm, content, Known({}, language)))
    assert title in lines["ground"].title
    assert ground in lines["ground"].text
    assert by_name(lines["channels"].rows[0])["last_day"].text == "2029-03-01"


def test_what_was_left_empty_is_not_printed() -> None:
    lines = lines_of(VisitForm, {"party": "p", "refused": True, "performed": None}, Known({}, "zh"))
    assert [line.name for line in lines] == ["party", "refused"]


def test_every_title_beside_the_forms_has_its_english() -> None:
    assert [title for title in TITLES.values() if title not in english()] == []


async def seen(world: World, built: Built, login: str, kind: str) -> PrintView:
    paper = next(paper for paper in await rows(world, Paper, built) if paper.kind == kind)
    async with world.as_(login) as (session, subject):
        case = await world.case(built.case_id)
        permissions = await gate.permissions(session, subject, case)
        return await printed(session, subject, case, paper, permissions, "zh")


async def test_the_handler_reads_the_name_and_the_director_a_masked_one(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0)
    clear = by_name((await seen(world, agreed, "xgll.handler", "return_visit")).lines)
    masked = by_name((await seen(world, agreed, "xgll.director", "return_visit")).lines)
    assert (clear["party"].text, masked["party"].text) == ("和春生", "和**")
    assert (clear["party"].title, clear["pressure"].text) == ("回访对象", "未反映受到压力")


async def test_place_and_kind_of_dispute_are_printed_by_name(world: World, agreed: Built) -> None:
    lines = by_name((await seen(world, agreed, "xgll.handler", "interview")).lines)
    assert lines["place_id"].text == "建塘镇"
    assert lines["dispute_type"].text.endswith("纠纷")


async def test_the_view_names_the_paper_its_time_in_yunnan_and_its_hash(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0)
    view = await seen(world, agreed, "xgll.handler", "return_visit")
    assert view.title == "人民调解回访记录"
    assert view.issued_at.startswith("2026-03-02 12:")
    assert len(view.sha256) == 64
