"""The remedy clock on every paper that a petitioner gets, and on every page of the petitioner's side (N11, N2, 5a)."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases.history import Timer
from cases.issue import issue
from cases.models import Case
from cases.papers import BOTH_SIDES, Group, Paper, PaperKind
from cases.petitioner import petitioner
from cases.remedies import remedies
from cases.remedy_clock import PETITIONERS_OWN, in_words
from cases.suitability import Nature
from foundation.ids import new_id
from foundation.working_days import Calendar
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from server.catalogue import PAPERS
from tests.cases.build import Walk, accepted, assessed
from tests.conftest import NOON
from tests.door import Door
from tests.people import CLAIMS, registration
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
READ = {Group.STATEMENT: Action.CASE_READ_STATEMENT, Group.FINAL: Action.CASE_READ_FINAL}
DAYS = ("2026-01-10", "2026-02-26", "2026-02-20")
KNOWN = [{**claim, "known_on": day} for claim, day in zip(CLAIMS, DAYS, strict=True)]


def kinds() -> list[PaperKind]:
    return sorted(PAPERS.values(), key=lambda kind: kind.code)


@pytest.mark.obligation("N11")
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.code)
async def test_every_kind_of_paper_that_a_petitioner_may_read_is_issued_with_the_clock(
    world: World, kind: PaperKind
) -> None:
    """Static in what it covers: each kind that is ever added, by `issue`, without anybody thinking of it."""
    walk = await shared(world)
    subject = await world.subject("jiantang.clerk")
    readable = kind.group in READ and kind.code not in ("order_reply", "dossier_list")
    assert kind.for_parties is readable
    own = (await walk.petitioners())[0].id
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        for party in (None, own):
            paper = await issue(session, subject, case, kind, {"reason": "x"}, party_id=party)
            told = kind.for_parties or party is not None
            assert ("free_helpers" in paper.content) is told
            clock = told and not (party is None and kind.code in BOTH_SIDES)
            assert ("remedy_clock" in paper.content) is clock
            if clock:
                assert [row["last_day"] for row in paper.content["remedy_clock"]] == LAST_DAYS
        await session.rollback()


LAST_DAYS = ["2026-04-21", "2026-08-20", "2029-03-02"]
SHARED: dict[str, Walk] = {}


async def shared(world: World) -> Walk:
    """One case for all kinds; nothing is written to it."""
    if world.owner_url not in SHARED:
        form = await registration(world, persons=1) | {"claims": KNOWN}
        done = await world.register("jiantang.clerk", **form)
        SHARED[world.owner_url] = Walk(world, done.case.id, done.receipts)
    return SHARED[world.owner_url]


@pytest.mark.obligation("N3b", "N11")
async def test_what_the_other_side_gets_holds_no_last_day_of_the_petitioners(world: World) -> None:
    walk = await shared(world)
    subject, company = await world.subject("jiantang.clerk"), (await walk.company()).id
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        for kind in kinds():
            paper = await issue(session, subject, case, kind, {"remedy_clock": ["x"]}, party_id=company)
            assert PETITIONERS_OWN.isdisjoint(paper.content), kind.code
        await session.rollback()
    opened = (import_module(f"migrations.versions.{one}").PAPERS for one in ("0029_parties", "0043_tree_plans"))
    assert {kind for kinds in opened for kind in kinds} == BOTH_SIDES, "what the database lets the other side read"


def test_a_petitioner_reads_the_groups_that_carry_it_and_no_other(world: World) -> None:
    """If a rule opens another group to petitioners, its papers need the clock: this test says so."""
    party = petitioner(new_id(NOON))
    groups = {Action.CASE_READ_MONEY, Action.CASE_READ_NOTES, Action.CASE_READ_OPINION, *READ.values()}
    assert {action for action in groups if gate.may(party, action, Relation.SELF)} == set(READ.values())


async def read_by(world: World, walk: Walk, ordinal: int) -> list[Paper]:
    me = next(party for party in await walk.petitioners() if party.ordinal == ordinal)
    async with world.owner() as session:
        query = select(Paper).where(Paper.case_id == walk.case_id, Paper.party_id == me.id)
        return list(await session.scalars(query))


@pytest.mark.obligation("5a", "N2", "N11")
async def test_refusal_decline_and_withdrawal_bring_the_notice_with_last_days_at_once(world: World) -> None:
    """5a: on the same day, and with what can't be reckoned named as such."""
    walk = await accepted(world, persons=3)
    (declined,) = [one for one in await read_by(world, walk, 3) if one.kind == "remedy_notice"]
    await walk.do("xgll.director", "withdraw-consent", party_id=str((await walk.petitioners())[0].id))
    (left,) = [one for one in await read_by(world, walk, 1) if one.kind == "remedy_notice"]
    for notice in (declined, left):
        assert notice.content["remedy_clock"] == []
        undated = {row["term"]: (row["length"], row["unit"]) for row in notice.content["undated_remedies"]}
        assert undated["民事诉讼时效"] == ("3", "年")
        assert any("法律援助" in helper for helper in notice.content["free_helpers"])
        assert any("12348" in helper for helper in notice.content["free_helpers"])
    assert left.issued_at == world.clock.now()
    split = (await walk.claims())[2].split_case_id
    async with world.owner() as session:
        notices = list(
            await session.scalars(select(Paper).where(Paper.case_id == split, Paper.kind == "remedy_notice"))
        )
        filed = (await session.get_one(Case, split)).filed_at
    assert [notice.issued_at for notice in notices] == [filed]


@pytest.mark.obligation("N11", "N2")
async def test_the_status_page_and_the_api_show_the_clock_with_days_left_and_helpers(door: Door) -> None:
    form = await registration(door.world, persons=1) | {"claims": KNOWN}
    done = await door.world.register("jiantang.clerk", **form)
    proof = {"registration_no": done.case.registration_no, "code": done.receipts[0].code}
    async with door.client(address="10.7.0.1") as client:
        status = (await client.post("/api/v1/petitioner/status", json=proof)).json()
        token = (await client.get("/status")).text.split('name="_csrf_token" value="')[1].split('"')[0]
        page = (await client.post("/status", data={**proof, "_csrf_token": token})).text
    clock = {row["title"]: row for row in status["remedy_clock"]}
    assert (clock["申请行政复议"]["last_day"], clock["申请行政复议"]["days_left"]) == ("2026-04-21", 50)
    assert "调解不使该期限中止" in clock["申请行政复议"]["mediation"]
    assert "请求之日起诉讼时效中断" in clock["民事诉讼时效"]["mediation"]
    assert any("放假安排尚未公布" in text for text in clock["民事诉讼时效"]["beware"])
    for paper in status["papers"]:
        assert paper["content"]["remedy_clock"], paper["kind"]
    for words in (
        "2026-04-21",
        "还有 50 日（自然日）",
        "2026-08-20",
        "2029-03-02",
        "推定",
        "12348",
        "法律援助",
        "重新计算三年",
    ):
        assert words in page, words


@pytest.mark.obligation("N11")
async def test_every_page_of_the_petitioners_side_shows_the_clock_and_the_helpers(door: Door) -> None:
    """The way in, the forms of the own acts and what they answer."""
    form = await registration(door.world, persons=1) | {"claims": KNOWN}
    done = await door.world.register("jiantang.clerk", **form)
    proof = {"registration_no": done.case.registration_no, "code": done.receipts[0].code}
    async with door.client(address="10.7.0.2") as client:
        entrance = (await client.get("/status")).text
        token = entrance.split('name="_csrf_token" value="')[1].split('"')[0]
        key = {**proof, "_csrf_token": token}
        act = (await client.post("/status/acts/file-complaint", data={**key, "begin": "1"})).text
        wrong = (await client.post("/status/acts/file-complaint", data=key)).text
    for page in (entrance, act, wrong):
        assert "12348" in page
        assert "调解不影响您" in page
    for page in (act, wrong):
        assert "2026-04-21" in page


def test_the_page_of_terms_is_drawn_from_the_table() -> None:
    """docs/terms.md: `python setup/terms.py > docs/terms.md`."""
    drawn = subprocess.run([sys.executable, "setup/terms.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert drawn.stdout == (ROOT / "docs" / "terms.md").read_text(encoding="utf-8")


async def test_fewer_than_seven_days_before_a_limitation_legal_aid_may_go_first(world: World) -> None:
    """法律援助法 44(1)."""
    late = [{**CLAIMS[2], "known_on": "2026-01-02"}]
    done = await world.register("jiantang.clerk", **await registration(world, persons=1) | {"claims": late})
    async with world.owner() as session:
        rows = list(await session.scalars(select(Timer).where(Timer.case_id == done.case.id)))
    due = next(row for row in rows if row.kind == "reconsideration").due_at.date()
    words = told(rows, due.replace(day=due.day - 1) if due.day > 1 else due)
    assert any("先行提供法律援助" in text for text in words["申请行政复议"])
    assert not any("先行提供法律援助" in text for text in words["提起行政诉讼"])


def told(rows: list[Timer], today: Any) -> dict[str, list[str]]:
    clock = remedies(rows, [Nature.EXPROPRIATION], 8, today, Calendar({}, frozenset(range(2020, 2040))))
    return {row["term"]: row.get("beware", []) for row in in_words(clock)["remedy_clock"]}


async def test_a_split_claim_without_a_day_still_names_its_ways(world: World) -> None:
    walk = await assessed(world, persons=2)
    split = (await walk.claims())[2].split_case_id
    async with world.owner() as session:
        query = select(Paper).where(Paper.case_id == split, Paper.kind == "remedy_notice")
        notice = (await session.scalars(query)).one()
    assert [row["term"] for row in notice.content["remedy_clock"]] == ["申请行政复议"]
    assert [row["term"] for row in notice.content["undated_remedies"]] == ["提起行政诉讼"]
