"""签到即申报: an attendance claims a person-day, and the payer table answers at once (六(四)5; payer table E).

No money hinders anybody from signing in: what can't be paid stays on file with the reason.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import outbox
from foundation.ids import new_id
from foundation.store import instant
from funding.answers import Answer, Decision
from funding.duty_days import DayStatus, PersonDay
from funding.facts import Facts
from funding.payer import decide
from funding.recipients import was_official
from funding.rulebook import rulebook
from funding.words import CostKind, DutyDay, Recipient
from organisation import duty_attendance
from organisation.duty_attendance import DutyAttendance, LateForm
from organisation.duty_shifts import Part
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

TRAVELLED = text("select duty_travel(:person, :day)")
SAME_DAY = "E3"


async def check_in(session: AsyncSession, subject: Subject, shift_id: UUID) -> PersonDay:
    """Raises as `organisation.duty_attendance.check_in`."""
    return await _claim(session, await duty_attendance.check_in(session, subject, shift_id))


async def enter_late(session: AsyncSession, subject: Subject, shift_id: UUID, form: LateForm) -> PersonDay:
    """Raises as `organisation.duty_attendance.enter_late`."""
    return await _claim(session, await duty_attendance.enter_late(session, subject, shift_id, form))


async def _claim(session: AsyncSession, attendance: DutyAttendance) -> PersonDay:
    """A second attendance of the same person and day, wherever, is kept and counts for nothing."""
    day = _person_day(session, attendance)
    await decide_day(session, day)
    if not await _added(session, day):
        day = _person_day(session, attendance)
        day.status, day.line = DayStatus.MERGED.value, SAME_DAY
        session.add(day)
        await session.flush()
    await outbox.publish(session, "duty.claimed", day=str(day.id))
    return day


async def _added(session: AsyncSession, day: PersonDay) -> bool:
    try:
        async with session.begin_nested():
            session.add(day)
    except IntegrityError:
        return False
    return True


def _person_day(session: AsyncSession, attendance: DutyAttendance) -> PersonDay:
    now = instant(session)
    return PersonDay(
        id=new_id(now),
        tenant_id=attendance.tenant_id,
        office_id=attendance.office_id,
        attendance_id=attendance.id,
        person_id=attendance.person_id,
        day=attendance.day,
        kind=DutyDay.ORDINARY.value,
        status=DayStatus.CLAIMED.value,
        fen=0,
        line="",
        trace=[],
        recorded_at=now,
    )


async def decide_day(session: AsyncSession, day: PersonDay) -> None:
    """As facts and rules stand now: asked at the claim, and again at the approval."""
    kind, travel_paid = await _kind(session, day)
    facts = Facts(
        cost=CostKind.DUTY,
        incurred_on=day.day,
        checked_in=True,
        person_days=1,
        duty_day=kind,
        travel_paid=travel_paid,
        recipient=await _recipient(session, day.person_id, day.day),
        **await _station(session, day.tenant_id),
    )
    _note(day, kind, decide(facts, await rulebook(session)))


def _note(day: PersonDay, kind: DutyDay, answer: Answer) -> None:
    day.kind, day.line, day.trace = kind.value, answer.row, msgspec.to_builtins(answer.trace)
    day.fen, day.refusal, day.budget_tenant_id = 0, None, None
    if not isinstance(answer, Decision):
        day.status = DayStatus.UNDECIDED.value
    elif answer.refusal is not None:
        day.status, day.refusal = DayStatus.REFUSED.value, answer.refusal.value
    else:
        day.status, day.fen, day.budget_tenant_id = DayStatus.CLAIMED.value, answer.maximum_fen, answer.budget_tenant


async def _kind(session: AsyncSession, day: PersonDay) -> tuple[DutyDay, bool | None]:
    """What is unusual about the day, and whether travel was paid for it (null: a trip's pay is still open)."""
    travel = await session.scalar(TRAVELLED, {"person": day.person_id, "day": day.day})
    if travel is not None:
        return DutyDay.TRAVEL, True if travel == "paid" else None
    query = select(func.count(func.distinct(DutyAttendance.office_id)), func.array_agg(DutyAttendance.part)).where(
        DutyAttendance.person_id == day.person_id, DutyAttendance.day == day.day
    )
    offices, parts = (await session.execute(query)).one()
    if offices > 1:
        return DutyDay.TWO_STATIONS, None
    half = len(parts or ()) == 1 and parts[0] != Part.WHOLE
    return (DutyDay.HALF if half else DutyDay.ORDINARY), None


async def _recipient(session: AsyncSession, person_id: UUID, day: date) -> Recipient:
    return Recipient.OFFICIAL if await was_official(session, person_id, day, day) else Recipient.ELIGIBLE


async def _station(session: AsyncSession, tenant_id: int) -> dict[str, Any]:
    """FIN(t) asks for the tier of the station; there is no dispute whose place could differ."""
    tenant = await session.get_one(Tenant, tenant_id)
    return {
        "tier": Tier(tenant.tier),
        "tenant": tenant.id,
        "prefecture": tenant.prefecture_id,
        "county": tenant.county_id,
        "zone": tenant.kind == "zone",
    }
