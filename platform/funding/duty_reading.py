"""Duty as the page and the API show it: the roster to those on it, the money to those who answer for it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from foundation.clock import local_date
from foundation.errors import Forbidden, NotFound, invalid
from foundation.language import N_, current_language
from foundation.store import instant
from funding.duty_days import DutyPay, DutySheet, PersonDay
from funding.ledger import LedgerEntry
from organisation.duty_attendance import DutyAttendance
from organisation.duty_shifts import DutyShift
from organisation.duty_swaps import DutySwap, SwapState
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person
from tenants.subject import Subject

ROSTER = (
    (Action.DUTY_ROSTER, Relation.MANAGES),
    (Action.ATTENDANCE_READ, Relation.MANAGES),
    (Action.DUTY_CHECKIN, Relation.NONE),
)
MONEY = (
    (Action.SUBSIDY_REVIEW, Relation.GOVERNS),
    (Action.SUBSIDY_PAY, Relation.GOVERNS),
    (Action.LEDGER_READ, Relation.GOVERNS),
    (Action.LEDGER_READ, Relation.PAYS),
)


YEARS = range(2000, 2200)


class ShiftView(Struct, frozen=True):
    id: UUID
    day: date
    part: str
    office_id: int
    office: str
    person_id: UUID
    person: str
    begins_at: datetime
    ends_at: datetime
    signed_in_at: datetime | None
    late: bool
    own: bool


class SwapView(Struct, frozen=True):
    """`mine`: the subject asked; otherwise the subject was asked."""

    id: UUID
    shift_id: UUID
    day: date
    part: str
    other_day: date | None
    other_part: str | None
    person: str
    mine: bool
    asked_at: datetime


class DayView(Struct, frozen=True):
    """A person-day of the month with what the payer table said, in the reader's language."""

    id: UUID
    day: date
    office: str
    person_id: UUID
    person: str
    kind: str
    status: str
    refusal: str | None
    fen: int
    late: bool
    line: str
    trace: tuple[str, ...]
    pay_id: UUID | None


class PayView(Struct, frozen=True):
    id: UUID
    month: date
    person: str
    days: int
    fen: int
    status: str
    reason: str | None
    approved_by: str
    approved_at: datetime
    source: str
    """By which the ledger names it."""


class LateView(Struct, frozen=True):
    """A late entry, to who approves: by whom and why."""

    day_id: UUID
    entered_by: str
    reason: str
    entered_at: datetime


def sees_roster(subject: Subject) -> bool:
    return any(gate.may(subject, action, relation) for action, relation in ROSTER)


def sees_money(subject: Subject) -> bool:
    return any(gate.may(subject, action, relation) for action, relation in MONEY)


def month_of(day: date) -> tuple[date, date]:
    """Its first day, and the first of the next. Raises InvalidInput for a year in which nobody is on duty."""
    if day.year not in YEARS:
        raise invalid("month", "out_of_range", N_("没有这个月份的值班"))
    first = day.replace(day=1)
    return first, first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def require_sight(subject: Subject) -> None:
    """Of anything about duty. Raises Forbidden."""
    if not (sees_roster(subject) or sees_money(subject)):
        raise Forbidden


async def shifts_of(session: AsyncSession, subject: Subject, month: date) -> Sequence[ShiftView]:
    """The roster of the own tenant's stations; raises Forbidden for who neither makes it nor is on it."""
    require_sight(subject)
    since, until = month_of(month)
    query = (
        select(DutyShift, Office.name, Person.name, DutyAttendance.recorded_at, DutyAttendance.entered_by)
        .join(Office, Office.id == DutyShift.office_id)
        .join(Person, Person.id == DutyShift.person_id)
        .outerjoin(DutyAttendance, DutyAttendance.shift_id == DutyShift.id)
        .where(
            DutyShift.tenant_id == subject.tenant_id,
            DutyShift.cancelled_at.is_(None),
            DutyShift.day >= since,
            DutyShift.day < until,
        )
        .order_by(DutyShift.day, DutyShift.office_id, DutyShift.part.desc(), Person.name)
    )
    return [_shift(subject, *row) for row in await session.execute(query)]


def _shift(
    subject: Subject, shift: DutyShift, office: str, person: str, signed: datetime | None, entered: UUID | None
) -> ShiftView:
    return ShiftView(
        id=shift.id,
        day=shift.day,
        part=shift.part,
        office_id=shift.office_id,
        office=office,
        person_id=shift.person_id,
        person=person,
        begins_at=shift.begins_at,
        ends_at=shift.ends_at,
        signed_in_at=signed,
        late=entered is not None,
        own=shift.person_id == subject.person_id,
    )


async def swaps_waiting(session: AsyncSession, subject: Subject) -> Sequence[SwapView]:
    """Those that the subject asked for, or was asked for."""
    given, returned, asker, asked = aliased(DutyShift), aliased(DutyShift), aliased(Person), aliased(Person)
    query = (
        select(DutySwap, given, returned, asker.name, asked.name)
        .join(given, given.id == DutySwap.shift_id)
        .outerjoin(returned, returned.id == DutySwap.other_shift_id)
        .join(asker, asker.id == DutySwap.asked_by)
        .join(asked, asked.id == DutySwap.asked_of)
        .where(
            DutySwap.state == SwapState.ASKED,
            or_(DutySwap.asked_by == subject.person_id, DutySwap.asked_of == subject.person_id),
        )
        .order_by(DutySwap.asked_at)
    )
    return [
        SwapView(
            id=swap.id,
            shift_id=swap.shift_id,
            day=shift.day,
            part=shift.part,
            other_day=other.day if other else None,
            other_part=other.part if other else None,
            person=asked_name if swap.asked_by == subject.person_id else asker_name,
            mine=swap.asked_by == subject.person_id,
            asked_at=swap.asked_at,
        )
        for swap, shift, other, asker_name, asked_name in await session.execute(query)
    ]


async def days_of(session: AsyncSession, subject: Subject, month: date) -> Sequence[DayView]:
    """Of the own tenant's stations, to who answers for the money; the own days to everybody on duty; raises Forbidden
    for anybody else."""
    require_sight(subject)
    since, until = month_of(month)
    query = _days().where(PersonDay.tenant_id == subject.tenant_id, PersonDay.day >= since, PersonDay.day < until)
    if not sees_money(subject):
        query = query.where(PersonDay.person_id == subject.person_id)
    return [_day(*row) for row in await session.execute(query)]


def _days() -> Select[PersonDay, str, str, UUID | None]:
    return (
        select(PersonDay, Office.name, Person.name, DutyAttendance.entered_by)
        .join(Office, Office.id == PersonDay.office_id)
        .join(Person, Person.id == PersonDay.person_id)
        .join(DutyAttendance, DutyAttendance.id == PersonDay.attendance_id)
        .order_by(PersonDay.day, Person.name, PersonDay.id)
    )


def _day(day: PersonDay, office: str, person: str, entered: UUID | None) -> DayView:
    language = current_language.get()
    return DayView(
        id=day.id,
        day=day.day,
        office=office,
        person_id=day.person_id,
        person=person,
        kind=day.kind,
        status=day.status,
        refusal=day.refusal,
        fen=day.fen,
        late=entered is not None,
        line=day.line,
        trace=tuple(line.render(language) for line in day.lines),
        pay_id=day.pay_id,
    )


async def late_entries(session: AsyncSession, subject: Subject, month: date) -> Sequence[LateView]:
    """Of the month, with who entered each and why; raises Forbidden."""
    if not sees_money(subject):
        raise Forbidden
    since, until = month_of(month)
    query = (
        select(PersonDay.id, Person.name, DutyAttendance.reason, DutyAttendance.recorded_at)
        .join(DutyAttendance, DutyAttendance.id == PersonDay.attendance_id)
        .join(Person, Person.id == DutyAttendance.entered_by)
        .where(PersonDay.tenant_id == subject.tenant_id, PersonDay.day >= since, PersonDay.day < until)
        .order_by(PersonDay.day)
    )
    rows = await session.execute(query)
    return [LateView(day, by, reason or "", at) for day, by, reason, at in rows]


async def pays_of(session: AsyncSession, subject: Subject, month: date) -> Sequence[PayView]:
    """What was approved of the month; raises Forbidden."""
    return await _pays(session, subject, DutySheet.month == month.replace(day=1))


async def pay_of(
    session: AsyncSession, subject: Subject, pay_id: UUID
) -> tuple[PayView, Sequence[DayView], Sequence[LedgerEntry]]:
    """One pay, its days, and its entries in the ledger; raises Forbidden, NotFound."""
    found = await _pays(session, subject, DutyPay.id == pay_id)
    if not found:
        raise NotFound
    days = await session.execute(_days().where(PersonDay.pay_id == pay_id))
    entries = select(LedgerEntry).where(LedgerEntry.source == found[0].source)
    ordered = entries.order_by(LedgerEntry.recorded_at, LedgerEntry.transaction_id, LedgerEntry.credit_fen)
    return found[0], [_day(*row) for row in days], list(await session.scalars(ordered))


async def _pays(session: AsyncSession, subject: Subject, which: ColumnElement[bool]) -> list[PayView]:
    if not sees_money(subject):
        raise Forbidden
    approver = aliased(Person)
    query = (
        select(DutyPay, DutySheet, Person.name, approver.name)
        .join(DutySheet, DutySheet.id == DutyPay.sheet_id)
        .join(Person, Person.id == DutyPay.person_id)
        .join(approver, approver.id == DutySheet.approved_by)
        .where(DutySheet.tenant_id == subject.tenant_id, which)
        .order_by(DutySheet.approved_at, Person.name, DutyPay.id)
    )
    return [_pay(*row) for row in await session.execute(query)]


def _pay(pay: DutyPay, sheet: DutySheet, person: str, approved_by: str) -> PayView:
    return PayView(
        id=pay.id,
        month=sheet.month,
        person=person,
        days=pay.days,
        fen=pay.fen,
        status=pay.status,
        reason=pay.reason,
        approved_by=approved_by,
        approved_at=sheet.approved_at,
        source=f"duty_pays:{pay.id}",
    )


def this_month(session: AsyncSession) -> date:
    return local_date(instant(session)).replace(day=1)
