"""归档: nothing mandatory is missing, every line is hashed, and the volume has its number and its terms."""

import hashlib
from datetime import date
from typing import Any

import msgspec
import pytest

from cases.history import Event
from cases.models import Case
from cases.papers import Paper
from dossiers.archive import DossierIncomplete
from dossiers.volume import Dossier, DossierItem
from foundation.errors import Forbidden, InvalidInput
from tests.dossiers.build import Built, agreed_case, give_paper, rows
from tests.dossiers.following import closed, nobody_in_hardship
from tests.world import World

IDENTITY = {"item": 3, "pages": 2, "note": "复印件存纸质卷"}


async def ready(world: World, built: Built) -> None:
    """Closed, with the record of mediation and the agreement that the team's acts would have left."""
    await give_paper(world, built, "session", result="agreed")
    await give_paper(world, built, "agreement", text="协议")
    await closed(world, built)


async def check(world: World, built: Built, *on_paper: dict[str, Any]) -> Case:
    return await world.do("xgll.archivist", built.case_id, "check-dossier", on_paper=list(on_paper))


async def archive(world: World, built: Built) -> Case:
    return await world.do("xgll.archivist", built.case_id, "archive-dossier", title="道路施工损害赔偿纠纷")


async def missing_at_last_check(world: World, built: Built) -> list[int]:
    found = [event for event in await rows(world, Event, built) if event.act == "check-dossier"]
    numbers: list[int] = max(found, key=lambda event: event.recorded_at).data["missing"]
    return numbers


async def test_what_is_missing_is_named_in_both_languages(world: World, agreed: Built) -> None:
    await closed(world, agreed)
    with pytest.raises(DossierIncomplete) as refused:
        await archive(world, agreed)
    assert refused.value.titles == ("当事人身份证明", "人民调解记录", "人民调解协议书")
    assert "人民调解协议书" in refused.value.text("zh")
    assert "mediation agreement" in refused.value.text("en").lower()


async def test_the_check_counts_what_lies_on_paper(world: World, agreed: Built) -> None:
    await ready(world, agreed)
    await check(world, agreed)
    assert await missing_at_last_check(world, agreed) == [3]
    await check(world, agreed, IDENTITY)
    assert await missing_at_last_check(world, agreed) == []


async def test_the_archived_volume_has_number_terms_and_transfer_day(world: World, agreed: Built) -> None:
    await ready(world, agreed)
    await check(world, agreed, IDENTITY)
    case = await archive(world, agreed)
    (dossier,) = await rows(world, Dossier, agreed)
    assert (case.state, case.archived_at) == ("archived", dossier.archived_at)
    assert case.dossier_no == dossier.number
    assert dossier.number is not None and dossier.number.startswith("云533401调卷〔2026〕")
    assert (dossier.kept_until, dossier.transfer_on) == (date(2086, 3, 2), date(2036, 3, 2))


async def test_numbers_of_one_committee_follow_each_other_without_a_gap(world: World, agreed: Built) -> None:
    other = await agreed_case(world)
    numbers = []
    for built in (agreed, other):
        await ready(world, built)
        await check(world, built, IDENTITY)
        numbers.append(int(str((await archive(world, built)).dossier_no)[-6:-1]))
    assert numbers[1] == numbers[0] + 1


async def test_every_paper_payment_and_paper_item_is_a_line_in_the_order_of_binding(
    world: World, agreed: Built
) -> None:
    await ready(world, agreed)
    await check(world, agreed, IDENTITY)
    await archive(world, agreed)
    lines = sorted(await rows(world, DossierItem, agreed), key=lambda line: line.ordinal or 0)
    papers = [paper for paper in await rows(world, Paper, agreed) if paper.kind != "dossier_list"]
    assert [line.ordinal for line in lines] == list(range(1, len(lines) + 1))
    assert {line.source for line in lines} >= {f"papers:{paper.id}" for paper in papers}
    assert [line.item for line in lines if line.item not in (9, 10, 14)] == [1, 2, 3, 7, 8]
    assert sum(line.item == 9 for line in lines) == 3


async def test_the_hash_covers_every_line_with_the_hash_of_its_content(world: World, agreed: Built) -> None:
    await ready(world, agreed)
    await check(world, agreed, IDENTITY)
    await archive(world, agreed)
    (dossier,) = await rows(world, Dossier, agreed)
    lines = sorted(await rows(world, DossierItem, agreed), key=lambda line: line.ordinal or 0)
    again = [
        [
            line.item,
            f"on_paper:{line.id}" if line.source == "on_paper" else line.source,
            line.sha256.hex() if line.sha256 else "",
        ]
        for line in lines
    ]
    assert dossier.list_sha256 == hashlib.sha256(msgspec.json.encode(again)).digest()


async def test_the_printed_list_carries_the_same_lines_and_no_persons_name(world: World, agreed: Built) -> None:
    await ready(world, agreed)
    await check(world, agreed, IDENTITY)
    await archive(world, agreed)
    (dossier,) = await rows(world, Dossier, agreed)
    (cover,) = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "dossier_list"]
    assert dossier.list_sha256 is not None
    assert cover.content["list_sha256"] == dossier.list_sha256.hex()
    assert [line["ordinal"] for line in cover.content["lines"]] == list(range(1, len(cover.content["lines"]) + 1))
    assert "和春生" not in str(cover.content) and "鲁茸" not in str(cover.content)


async def test_the_receipt_of_an_accusation_is_in_no_list(world: World, agreed: Built) -> None:
    """N3a: the list is read by overseers too; that there was an accusation is nobody's business there."""
    await ready(world, agreed)
    await give_paper(world, agreed, "diversion", organ="纪委监委", handed_on="2026-03-02", receipt_no="转1号")
    await check(world, agreed, IDENTITY)
    await archive(world, agreed)
    (cover,) = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "dossier_list"]
    assert "转送回执" not in str(cover.content)


async def test_a_failed_case_needs_no_agreement_and_no_identity_papers(world: World, at_table: Built) -> None:
    ways = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=ways)
    await nobody_in_hardship(world, at_table)
    await world.do("xgll.director", at_table.case_id, "close-case", summary="调解不成")
    assert (await archive(world, at_table)).state == "archived"
    (dossier,) = await rows(world, Dossier, at_table)
    assert dossier.kept_until == date(2056, 3, 2)


async def test_an_unknown_item_is_refused_at_its_row(world: World, agreed: Built) -> None:
    await closed(world, agreed)
    with pytest.raises(InvalidInput) as refused:
        await check(world, agreed, {"item": 99, "pages": 1})
    assert [error.field for error in refused.value.fields] == ["on_paper.0.item"]


async def test_only_the_archivist_archives(world: World, agreed: Built) -> None:
    await ready(world, agreed)
    with pytest.raises(Forbidden):
        await world.do("xgll.director", agreed.case_id, "archive-dossier", title="纠纷")
