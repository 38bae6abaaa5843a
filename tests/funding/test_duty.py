"""六(四)5: roster, swap, sign-in; one payment per person-day across tenants; never to an official; approved monthly."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from msgspec import structs
from sqlalchemy import ColumnElement, func, select, text, update

from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.store import instant
from funding import duty_claims, payouts, recoveries
from funding.budget_lines import BudgetLine
from funding.budgets import BudgetExceeded
from funding.duty_approval import NothingToApprove, ReturnForm, return_pay
from funding.duty_days import DayStatus, DutyPay, PersonDay
from funding.duty_source import DutyNotSeparate
from funding.recoveries import RepaidForm
from funding.refusals import RecipientOfficial
from funding.travel_requests import Trip
from organisation.duty_attendance import AlreadySignedIn, NotYourShift, OtherStation, OutsideShift, TooLate
from organisation.duty_roster import AlreadyOnDuty, cancel_shift
from organisation.duty_shifts import DutyShift
from organisation.duty_swaps import (
    SwapAnswered,
    SwapAnswerForm,
    SwapAsked,
    SwapForm,
    SwapImpossible,
    answer_swap,
    ask_swap,
)
from tenants.models import OfficialStatus
from tests.dossiers.build import agreed_case
from tests.funding.duty import (
    MANAGER,
    OFFICIAL,
    another_post,
    approve,
    at,
    day_on_file,
    late,
    on_roster,
    sign_in,
    worked,
)
from tests.world import World

A, B = "xgll.duty_a", "xgll.duty_b"


async def _refused(world: World, *rows: tuple[str, str, str], manager: str = MANAGER) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        await on_roster(world, *rows, manager=manager)
    return {(one.field, one.rule) for one in refused.value.fields}


@pytest.mark.obligation("48")
async def test_daily_management_makes_the_roster_and_nobody_is_in_two_places_at_once(world: World) -> None:
    with pytest.raises(Forbidden):
        await on_roster(world, (A, "2026-03-03", "whole"), manager="xgll.director")
    morning, *_ = await on_roster(world, (A, "2026-03-03", "morning"), (B, "2026-03-03", "whole"))
    await on_roster(world, (A, "2026-03-03", "afternoon"))
    faults = await _refused(world, (B, "2026-03-03", "afternoon"), (B, "2026-03-04", "whole"))
    assert faults == {("shifts.0.person_id", "busy")}
    faults = await _refused(world, (A, "2026-03-01", "whole"), ("xgll.handler", "2026-03-05", "whole"))
    assert faults == {("shifts.0.day", "out_of_reach"), ("shifts.1.person_id", "not_eligible")}
    async with world.owner() as session:
        that_day = select(func.count()).where(DutyShift.day == date(2026, 3, 3))
        assert await session.scalar(that_day) == 3  # all of a roster or nothing
    async with world.as_(MANAGER) as (session, subject):
        await cancel_shift(session, subject, morning)
    assert await on_roster(world, (A, "2026-03-03", "morning"))


@pytest.mark.obligation("48")
async def test_a_swap_is_asked_by_one_agreed_by_the_other_and_only_between_people_of_the_station(
    world: World,
) -> None:
    first, second = await on_roster(world, (A, "2026-03-10", "whole"), (B, "2026-03-11", "whole"))
    colleague = (await world.subject(B)).person_id
    async with world.as_(B) as (session, subject):
        with pytest.raises(NotYourShift):
            await ask_swap(session, subject, first, SwapForm(person_id=subject.person_id))
    async with world.as_(A) as (session, subject):
        stranger = (await world.subject("xgll.handler")).person_id
        with pytest.raises(SwapImpossible):
            await ask_swap(session, subject, first, SwapForm(person_id=stranger))
        swap = await ask_swap(session, subject, first, SwapForm(person_id=colleague, shift_id=second))
        with pytest.raises(SwapAsked):
            await ask_swap(session, subject, first, SwapForm(person_id=colleague))
        with pytest.raises(NotFound):
            await answer_swap(session, subject, swap.id, SwapAnswerForm(agree=True))
    async with world.as_(B) as (session, subject):
        await answer_swap(session, subject, swap.id, SwapAnswerForm(agree=True))
        with pytest.raises(SwapAnswered):
            await answer_swap(session, subject, swap.id, SwapAnswerForm(agree=True))
    async with world.owner() as session:
        these = select(DutyShift).where(DutyShift.id.in_([first, second]))
        people = {one.id: one.person_id for one in await session.scalars(these)}
    assert people == {first: colleague, second: (await world.subject(A)).person_id}


@pytest.mark.obligation("48")
async def test_signing_in_is_for_the_person_at_the_hour_and_the_station_and_afterwards_for_the_manager_by_name(
    own_world: World,
) -> None:
    first, second = await on_roster(own_world, (A, "2026-03-03", "morning"), (B, "2026-03-03", "whole"))
    assert await _fails(own_world, A, first) is OutsideShift
    at(own_world, "2026-03-03", "08:00")
    assert await _fails(own_world, B, first) is NotYourShift
    elsewhere = structs.replace(await own_world.subject(A), office_id=await own_world.office("xgll.daily"))
    async with own_world.store.scoped(elsewhere.scope) as session:
        with pytest.raises(OtherStation):
            await duty_claims.check_in(session, elsewhere, first)
    assert (await sign_in(own_world, A, first)).fen == 20_000
    assert await _fails(own_world, A, first) is AlreadySignedIn
    async with own_world.as_(MANAGER) as (session, subject):
        with pytest.raises(AlreadyOnDuty):
            await cancel_shift(session, subject, first)
    at(own_world, "2026-03-03", "18:00")
    assert await _fails(own_world, B, second) is OutsideShift
    entered = await late(own_world, second)
    async with own_world.owner() as session:
        row = await session.execute(
            text("select entered_by, reason::text from duty_attendances where id = :id"), {"id": entered.attendance_id}
        )
        by, reason = row.one()
    assert by == await _id(own_world, MANAGER) and "主任" not in reason  # sealed
    (third,) = await on_roster(own_world, (A, "2026-03-04", "whole"))
    at(own_world, "2026-04-20")
    with pytest.raises(TooLate):
        await late(own_world, third)


async def _fails(world: World, login: str, shift: UUID) -> type[Exception]:
    with pytest.raises((Conflict, Forbidden)) as refused:
        await sign_in(world, login, shift)
    return refused.type


async def _id(world: World, login: str) -> UUID:
    return (await world.subject(login)).person_id


def _other(office: int | None) -> int:
    assert office is not None
    return office + 1


@pytest.mark.obligation("48", "49")
async def test_a_person_day_counts_once_in_the_whole_province_and_never_for_an_official(own_world: World) -> None:
    half, rest, official = await worked(
        own_world,
        (A, "2026-03-03", "morning"),
        (A, "2026-03-03", "afternoon"),
        (OFFICIAL, "2026-03-04", "whole"),
    )
    assert (half.fen, half.line, half.status) == (20_000, "E1", DayStatus.CLAIMED)
    assert (rest.fen, rest.status) == (0, DayStatus.MERGED)
    assert (official.fen, official.refusal) == (0, "RecipientOfficial") and official.lines[0].row == "E2"
    await another_post(own_world, A, "duty_member", like="deqin.director")
    await another_post(own_world, "deqin.intake", "po_manager", like="deqin.director")
    (here,) = await on_roster(own_world, (A, "2026-03-05", "morning"))
    afternoon = (A, "2026-03-05", "afternoon")
    (there,) = await on_roster(
        own_world, afternoon, manager="deqin.intake", role="po_manager", station="deqin.director"
    )
    at(own_world, "2026-03-05", "13:00")
    entered = await asyncio.gather(late(own_world, here), sign_in(own_world, A, there, like="deqin.director"))
    assert sorted(day.status for day in entered) == [DayStatus.CLAIMED, DayStatus.MERGED]
    async with own_world.owner() as session:
        counted = select(func.count()).where(PersonDay.person_id == half.person_id, PersonDay.fen > 0)
        assert await session.scalar(counted) == 2


@pytest.mark.obligation("48", "50")
async def test_the_month_is_approved_by_another_person_held_by_its_budget_and_paid_once(own_world: World) -> None:
    await worked(own_world, (A, "2026-03-03", "whole"), (A, "2026-03-05", "morning"), (B, "2026-03-06", "whole"))
    with pytest.raises(InvalidInput):
        await approve(own_world, "2026-03-31")  # not over
    at(own_world, "2026-04-01")
    with pytest.raises(Forbidden):
        await approve(own_world, "2026-03-01", "xgll.cashier")
    async with own_world.owner() as session:
        reviewer = (await own_world.subject("xgll.reviewer")).person_id
        await session.execute(update(DutyShift).values(rostered_by=reviewer))
    with pytest.raises(DutyNotSeparate):
        await approve(own_world, "2026-03-01")
    async with own_world.owner() as session:
        await session.execute(update(DutyShift).values(rostered_by=await _id(own_world, MANAGER)))
        await session.execute(update(BudgetLine).where(_duty_line()).values(fiscal_fen=59_999, departmental_fen=0))
    with pytest.raises(BudgetExceeded):
        await approve(own_world, "2026-03-01")
    async with own_world.owner() as session:
        assert await session.scalar(select(func.count()).select_from(DutyPay)) == 0  # nothing half done
        await session.execute(update(BudgetLine).where(_duty_line()).values(fiscal_fen=60_000))
    double, single = await approve(own_world, "2026-03-01")
    assert (double.fen, double.days, single.fen) == (40_000, 2, 20_000)
    with pytest.raises(NothingToApprove):
        await approve(own_world, "2026-03-01")
    async with own_world.as_("xgll.cashier") as (session, subject):
        due = await payouts.due(session, subject)
        assert {(one.ground_id, one.fen) for one in due} == {(double.id, 40_000), (single.id, 20_000)}
        await payouts.paid(session, subject, next(one for one in due if one.fen == 40_000), "付-1")
        with pytest.raises(Conflict):
            await payouts.paid(session, subject, next(one for one in due if one.fen == 40_000), "付-2")
    async with own_world.owner() as session:
        line = (await session.scalars(select(BudgetLine).where(_duty_line(), BudgetLine.spent_fen > 0))).one()
        assert (line.spent_fen, line.reserved_fen) == (40_000, 20_000)
        books = text("select account, debit_fen, credit_fen from ledger_entries where source = :source order by 1")
        entries = await session.execute(books, {"source": f"duty_pays:{double.id}"})
        assert [tuple(row) for row in entries] == [("cash", 0, 40_000), ("duty", 40_000, 0)]


def _duty_line() -> ColumnElement[bool]:
    return (BudgetLine.purpose == "duty") & (BudgetLine.year == 2026)


@pytest.mark.obligation("49")
async def test_a_status_that_comes_to_light_stops_the_pay_and_its_return_frees_the_budget(own_world: World) -> None:
    worked_day, *_ = await worked(own_world, (A, "2026-03-03", "whole"), (A, "2026-03-04", "whole"))
    at(own_world, "2026-04-01")
    (pay,) = await approve(own_world, "2026-03-01")
    async with own_world.owner() as session:
        now = instant(session)
        status = {"id": new_id(now), "person_id": pay.person_id, "kind": "civil_servant", "evidence": "任命"}
        session.add(OfficialStatus(**status, since=worked_day.day, until=worked_day.day))
    async with own_world.as_("xgll.cashier") as (session, subject):
        (held,) = await payouts.waiting(session, subject)
        assert isinstance(held.hindrance, RecipientOfficial) and await payouts.due(session, subject) == []
    async with own_world.as_("xgll.reviewer") as (session, subject):
        await return_pay(session, subject, pay.id, ReturnForm(reason="身份变更，重新审核"))
    assert (await day_on_file(own_world, worked_day)).status == DayStatus.REFUSED
    (again,) = await approve(own_world, "2026-03-01")
    assert (again.fen, again.days) == (20_000, 1)
    async with own_world.owner() as session:
        held_fen = select(func.sum(BudgetLine.reserved_fen)).where(_duty_line())
        assert await session.scalar(held_fen) == 20_000


@pytest.mark.obligation("49")
async def test_of_what_was_paid_only_the_days_of_a_status_are_recovered(own_world: World) -> None:
    await worked(own_world, (A, "2026-03-03", "whole"), (A, "2026-03-04", "whole"))
    at(own_world, "2026-04-01")
    (pay,) = await approve(own_world, "2026-03-01")
    async with own_world.as_("xgll.cashier") as (session, subject):
        (due,) = await payouts.due(session, subject)
        await payouts.paid(session, subject, due, "付-1")
        assert await payouts.wrongly(session, due) == 0
    async with own_world.owner() as session:
        now = instant(session)
        status = {"id": new_id(now), "person_id": pay.person_id, "kind": "civil_servant", "evidence": "任命"}
        session.add(OfficialStatus(**status, since=date(2026, 3, 4), until=None))
    async with own_world.as_("xgll.cashier") as (session, subject):
        (recovery,) = await recoveries.enter_for(session, subject, pay.person_id)
        assert recovery.amount_fen == 20_000
        await recoveries.repaid(session, subject, recovery.id, RepaidForm(receipt_no="收-1"))
    async with own_world.owner() as session:
        spent = select(func.sum(BudgetLine.spent_fen)).where(_duty_line())
        assert await session.scalar(spent) == 20_000


@pytest.mark.obligation("47", "48")
async def test_a_day_of_travel_waits_for_the_trips_pay_and_is_paid_by_one_of_them(own_world: World) -> None:
    built = await agreed_case(own_world)
    async with own_world.owner() as session:
        now = instant(session)
        trip = {"id": new_id(now), "case_id": built.case_id, "office_id": await own_world.office(A), "serves": "A"}
        days = {"starts_on": date(2026, 3, 3), "ends_on": date(2026, 3, 4), "standard_fen": 36_000}
        who = {"person_id": await _id(own_world, A), "requested_by": await _id(own_world, A), "recorded_at": now}
        session.add(Trip(**trip, **days, **who, purpose="入户调查", status="approved"))
    first, second = await worked(own_world, (A, "2026-03-03", "whole"), (A, "2026-03-05", "whole"))
    assert (first.status, first.line, second.fen) == (DayStatus.UNDECIDED, "E3.1", 20_000)
    at(own_world, "2026-04-01")
    (pay,) = await approve(own_world, "2026-03-01")
    assert pay.days == 1
    async with own_world.owner() as session:
        await session.execute(update(Trip).values(status="paid"))
    with pytest.raises(NothingToApprove):
        await approve(own_world, "2026-03-01")
    async with own_world.owner() as session:
        await session.execute(update(Trip).values(status="refused"))
    (late_pay,) = await approve(own_world, "2026-03-01")
    assert late_pay.fen == 20_000
