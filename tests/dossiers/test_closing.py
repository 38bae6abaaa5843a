"""结案: after performance, or after a default with the creditor's own way."""

import pytest

from cases.editions import MoveRefused
from cases.papers import Paper
from dossiers.closing import NotPerformed
from foundation.errors import Forbidden
from tests.dossiers.build import Built, rows
from tests.dossiers.following import closed, nobody_in_hardship, payments, visit
from tests.world import World


async def test_a_performed_and_visited_case_is_closed_with_a_report(world: World, agreed: Built) -> None:
    case = await closed(world, agreed)
    (report,) = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "closing_report"]
    assert (case.state, case.step, case.closed_at) == ("closed", 8, report.issued_at)
    assert (report.content["outcome"], report.content["closed_on"]) == ("agreed", "2026-03-02")


async def test_open_terms_keep_the_case_open_and_are_counted(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    await world.do("xgll.handler", agreed.case_id, "record-performance", rows=payments(agreed)[:1])
    with pytest.raises(NotPerformed) as refused:
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    assert refused.value.params["open"] == 2


async def test_a_default_with_the_creditors_way_recorded_lets_the_case_close(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    world.clock.advance(days=19)
    defaults = [
        {"term": str(term), "on_date": "2026-03-21", "defaulted": True, "path": "execution"}
        for term in (*agreed.money, agreed.deed)
    ]
    await world.do("xgll.handler", agreed.case_id, "record-performance", rows=defaults)
    for party in (0, 1):
        await visit(world, agreed, party, performed=False, satisfied=False)
    case = await world.do("xgll.director", agreed.case_id, "close-case", summary="已告知途径")
    assert case.state == "closed"


async def test_a_grace_only_moves_the_day_and_keeps_the_case_open(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    world.clock.advance(days=19)
    grace = {"term": str(agreed.money[0]), "on_date": "2026-03-21", "defaulted": True, "path": "grace"}
    grace["new_day"] = "2026-04-20"
    await world.do("xgll.handler", agreed.case_id, "record-performance", rows=[*payments(agreed)[1:], grace])
    with pytest.raises(NotPerformed) as refused:
        await world.do("xgll.director", agreed.case_id, "close-case", summary="宽限")
    assert refused.value.params["open"] == 1


async def test_a_case_without_an_agreement_closes_after_the_check_of_relief(world: World, at_table: Built) -> None:
    ways = [{"way": "civil_suit", "organ": "香格里拉市人民法院"}]
    await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=ways)
    with pytest.raises(MoveRefused):
        await world.do("xgll.director", at_table.case_id, "close-case", summary="调解不成")
    await nobody_in_hardship(world, at_table)
    case = await world.do("xgll.director", at_table.case_id, "close-case", summary="调解不成")
    assert (case.state, case.outcome) == ("closed", "failed")


async def test_the_handler_does_not_close_the_own_case(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    with pytest.raises(Forbidden):
        await world.do("xgll.handler", agreed.case_id, "close-case", summary="已履行")
