"""Travel: approved before it begins, by another person; borne by what it serves; goes with the case."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from foundation.errors import InvalidInput
from funding import payouts
from funding.custody import holder_on
from funding.ledger import LedgerEntry
from funding.purposes import Ground
from funding.reads import CostView
from funding.refusals import FactsAreMissing, NotApprovedBefore, RecipientOfficial
from funding.separation import DutiesNotSeparate
from funding.travel_requests import Trip
from tests.dossiers.build import Built, table_case
from tests.dossiers.following import closed as close
from tests.funding.build import agreed, approve, find, pay, propose, review, rows, seen
from tests.funding.conftest import Officials
from tests.world import World


async def request(world: World, built: Built, **form: Any) -> UUID:
    """The lawyer asks for three days; the trip's id."""
    stated: dict[str, Any] = {
        "serves": "A",
        "purpose": "到昆明向设计单位调取爆破资料",
        "starts_on": "2026-03-10",
        "ends_on": "2026-03-12",
        "standard_fen": 180_000,
    }
    await world.do("xgll.lawyer", built.case_id, "request-travel", **stated | form)
    return (await rows(world, Trip, built))[-1].id


async def answer(world: World, built: Built, trip: UUID, login: str = "xgll.reviewer", **form: Any) -> None:
    await world.do(login, built.case_id, "approve-travel", **{"trip_id": str(trip), "answer": "approve"} | form)


async def shown(world: World, built: Built) -> CostView:
    return (await seen(world, built.case_id)).costs[-1]


@pytest.mark.parametrize(("serves", "line"), [("A", "A3"), ("B", "B1"), ("C", "C1")])
async def test_an_approved_trip_follows_its_purpose(world: World, serves: str, line: str) -> None:
    built = await agreed(world)
    await find(world, built)
    await answer(world, built, await request(world, built, serves=serves))
    payer = (await shown(world, built)).payer
    assert (payer.line, payer.default_used, payer.maximum_fen) == (line, ("D2",), 180_000)


async def test_a_trip_waits_for_the_finding_and_says_so(world: World) -> None:
    built = await agreed(world)
    await answer(world, built, await request(world, built))
    assert (await shown(world, built)).payer.missing == ("责任主体",)
    await find(world, built)
    assert (await shown(world, built)).payer.line == "A3"


async def test_a_trip_that_has_begun_is_neither_asked_for_nor_approved(world: World) -> None:
    built = await agreed(world)
    with pytest.raises(NotApprovedBefore):
        await request(world, built, starts_on="2026-03-01", ends_on="2026-03-03")
    trip = await request(world, built)
    world.clock.advance(days=9)
    with pytest.raises(NotApprovedBefore):
        await answer(world, built, trip)


async def test_nobody_approves_the_own_trip(world: World) -> None:
    built = await agreed(world)
    trip = await request(world, built)
    lawyer = (await world.subject("xgll.lawyer")).person_id
    double = msgspec.structs.replace(await world.subject("xgll.reviewer"), person_id=lawyer)
    with pytest.raises(DutiesNotSeparate):
        await world.do_as(double, built.case_id, "approve-travel", trip_id=str(trip), answer="approve")


async def test_an_official_does_not_travel_on_this_fund(world: World, officials: Officials) -> None:
    built = await agreed(world)
    await officials.make("xgll.lawyer")
    with pytest.raises(RecipientOfficial):
        await request(world, built)


async def test_a_refused_trip_needs_its_reason_and_is_not_decided_twice(world: World) -> None:
    built = await agreed(world)
    trip = await request(world, built)
    with pytest.raises(InvalidInput):
        await answer(world, built, trip, answer="refuse")
    await answer(world, built, trip, answer="refuse", reason="可以线上调取")
    with pytest.raises(InvalidInput) as refusal:
        await answer(world, built, trip)
    assert refusal.value.fields[0].field == "trip_id"


async def test_a_trip_is_paid_with_the_settlement_and_beside_the_lump_sum(world: World) -> None:
    built = await agreed(world)
    await answer(world, built, await request(world, built))
    await close(world, built)
    await find(world, built)
    await propose(world, built)
    await review(world, built)
    await approve(world, built, "justice")
    await approve(world, built, "petition")
    async with world.as_("xgll.cashier") as (session, subject):
        due = [one.ground for one in await payouts.due(session, subject) if one.case_id == built.case_id]
    assert Ground.TRIP not in due and len(due) == 2  # closed, but the trip lies ahead: it may still not be made
    world.clock.advance(days=8)
    await pay(world, built)
    paid = [entry for entry in await rows(world, LedgerEntry, built) if entry.account == "travel" and entry.debit_fen]
    assert [(entry.debit_fen, entry.person_id) for entry in paid] == [
        (180_000, (await world.subject("xgll.lawyer")).person_id)
    ]
    assert (await shown(world, built)).status == "已支付"


async def test_a_trip_that_nobody_can_decide_holds_the_settlement(world: World) -> None:
    built = await agreed(world)
    await answer(world, built, await request(world, built, serves="C"))
    await close(world, built)
    await find(world, built, producer="enterprise", unit_name="云岭路桥建设有限公司", stopped=False)
    with pytest.raises(FactsAreMissing):
        await propose(world, built)


async def test_a_traveller_who_turns_out_to_be_an_official_is_not_paid(world: World, officials: Officials) -> None:
    built = await agreed(world)
    await answer(world, built, await request(world, built))
    await close(world, built)
    await find(world, built)
    await officials.make("xgll.lawyer")
    await propose(world, built)
    assert (await shown(world, built)).status == "审核不同意"


async def test_who_travelled_does_not_review_the_payment(world: World) -> None:
    built = await agreed(world)
    await answer(world, built, await request(world, built))
    await close(world, built)
    await find(world, built)
    await propose(world, built)
    lawyer = (await world.subject("xgll.lawyer")).person_id
    double = msgspec.structs.replace(await world.subject("xgll.reviewer"), person_id=lawyer)
    with pytest.raises(DutiesNotSeparate):
        await world.do_as(double, built.case_id, "review-settlement", verdict="agree")


async def test_commitments_move_with_custody_and_incurred_costs_stay(world: World) -> None:
    built = await table_case(world)
    begun = await request(world, built, starts_on="2026-03-02", ends_on="2026-03-03")
    coming = await request(world, built)
    await answer(world, built, begun)
    await answer(world, built, coming)
    to = await world.office("diqing.director")
    await world.do("xgll.director", built.case_id, "offer-handover", to_office_id=to, reason="company")
    world.clock.advance(days=2)
    await world.do("diqing.director", built.case_id, "accept-handover", no_conflict=True)
    trips = {trip.id: (trip.office_id, trip.status) for trip in await rows(world, Trip, built)}
    assert trips == {begun: (await world.office("xgll.director"), "approved"), coming: (to, "requested")}
    await answer(world, built, coming, "diqing.reviewer")


async def test_the_holder_of_the_day_bears_the_cost_of_the_day(world: World) -> None:
    built = await table_case(world)
    before = world.clock.now().date()
    to = await world.office("diqing.director")
    await world.do("xgll.director", built.case_id, "offer-handover", to_office_id=to, reason="company")
    world.clock.advance(days=2)
    await world.do("diqing.director", built.case_id, "accept-handover", no_conflict=True)
    async with world.as_("diqing.reviewer") as (session, subject):
        case = await world.case(built.case_id)
        held = [(await holder_on(session, case, day)).id for day in (before, world.clock.now().date())]
    assert held == [(await world.subject("xgll.reviewer")).tenant_id, subject.tenant_id]
