"""The return visit asks about performance, may be refused, and hears a complaint about pressure."""

import pytest

from cases.papers import Paper
from dossiers.closing import NotVisited, PressureComplaint
from dossiers.reads import payout_frozen, visited
from dossiers.visits import NotIndependent, ReturnVisit, VisitForm
from foundation.errors import InvalidInput
from tests.dossiers.build import Built, rows
from tests.dossiers.following import finish, nobody_in_hardship, perform_all, visit
from tests.world import World


def test_a_visit_asks_about_performance_satisfaction_and_pressure_only() -> None:
    assert set(VisitForm.__struct_fields__) == {"party", "refused", "performed", "satisfied", "pressure"}


async def test_a_visit_leaves_a_record_for_the_dossier_and_for_the_person(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0)
    (paper,) = [paper for paper in await rows(world, Paper, agreed) if paper.kind == "return_visit"]
    assert paper.party_id == agreed.petitioners[0]


async def test_who_does_not_wish_to_be_visited_is_asked_nothing_more(world: World, agreed: Built) -> None:
    with pytest.raises(InvalidInput):
        await visit(world, agreed, 0, refused=True)
    await visit(world, agreed, 0, refused=True, performed=None, satisfied=None)
    (seen,) = await rows(world, ReturnVisit, agreed)
    assert (seen.refused, seen.performed, seen.satisfied) == (True, None, None)


async def test_everyone_is_asked_before_closing_and_a_refusal_counts_as_asked(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    await perform_all(world, agreed)
    await visit(world, agreed, 0)
    with pytest.raises(NotVisited):
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    await visit(world, agreed, 1, refused=True, performed=None, satisfied=None)
    case = await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    assert case.state == "closed"


async def test_a_complaint_about_pressure_freezes_closing_and_payout(world: World, agreed: Built) -> None:
    await nobody_in_hardship(world, agreed)
    await finish(world, agreed)
    await visit(world, agreed, 0, pressure="complained")
    with pytest.raises(PressureComplaint):
        await world.do("xgll.director", agreed.case_id, "close-case", summary="已履行")
    async with world.as_("xgll.cashier") as (session, _):
        assert await payout_frozen(session, agreed.case_id)


async def test_a_later_visit_that_says_nothing_of_pressure_lifts_no_freeze(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0, pressure="complained")
    await visit(world, agreed, 0)
    async with world.as_("xgll.cashier") as (session, _):
        assert await payout_frozen(session, agreed.case_id)


async def test_only_someone_outside_the_handling_clears_a_complaint(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0, pressure="complained")
    with pytest.raises(NotIndependent):
        await visit(world, agreed, 0, pressure="cleared")
    await visit(world, agreed, 0, "xgll.director", pressure="cleared")
    async with world.as_("xgll.cashier") as (session, _):
        assert not await payout_frozen(session, agreed.case_id)


async def test_what_nobody_told_at_a_visit_is_not_cleared_nor_is_a_refusal_got_round_so(
    world: World, agreed: Built
) -> None:
    await visit(world, agreed, 0, refused=True, performed=None, satisfied=None)
    with pytest.raises(InvalidInput) as refused:
        await visit(world, agreed, 0, "xgll.director", pressure="cleared")
    assert [(error.field, error.rule) for error in refused.value.fields] == [("pressure", "nothing_to_clear")]


async def test_one_persons_clearing_does_not_clear_anothers_complaint(world: World, agreed: Built) -> None:
    await visit(world, agreed, 0, pressure="complained")
    await visit(world, agreed, 1, pressure="complained")
    await visit(world, agreed, 0, "xgll.director", pressure="cleared")
    async with world.as_("xgll.cashier") as (session, _):
        assert await payout_frozen(session, agreed.case_id)


async def test_payout_can_see_whether_everyone_was_visited(world: World, agreed: Built) -> None:
    case = await visit(world, agreed, 0)
    async with world.owner() as session:
        assert not await visited(session, case)
    await visit(world, agreed, 1)
    async with world.owner() as session:
        assert await visited(session, case)
