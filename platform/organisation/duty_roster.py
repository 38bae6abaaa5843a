"""The roster of a tenant's stations: made by the petition office's daily management (六(一), rule 32)."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.duty_attendance import DutyAttendance
from organisation.duty_people import eligible, stations
from organisation.duty_shifts import DutyShift, Part, locked_shift
from organisation.subtree import note
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

AHEAD = timedelta(days=366)


class ShiftRow(Struct, frozen=True, kw_only=True):
    day: Annotated[date, Meta(title=N_("值班日期"))]
    part: Annotated[Part, Meta(title=N_("时段"))] = Part.WHOLE
    person_id: Annotated[UUID, Meta(title=N_("值班人员"), extra={"options": "duty_people"})]


class RosterForm(Struct, frozen=True, kw_only=True):
    office_id: Annotated[int, Meta(title=N_("值班站点"), extra={"options": "duty_stations"})]
    shifts: Annotated[list[ShiftRow], Meta(title=N_("值班安排"), min_length=1, max_length=200)]


class AlreadyOnDuty(Conflict):
    code = "already_on_duty"
    message = N_("已经签到的值班不能取消")


async def roster(session: AsyncSession, subject: Subject, form: RosterForm) -> list[DutyShift]:
    """All the shifts or none. Raises Forbidden; InvalidInput naming every row that can't be."""
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    if subject.tenant_id is None:
        raise Forbidden
    if form.office_id not in {office.id for office in await stations(session, subject)}:
        raise invalid("office_id", "not_a_choice", N_("请从所列项目中选择"))
    if faults := await _faults(session, form):
        raise InvalidInput(*faults)
    made: list[DutyShift] = []
    for index, row in enumerate(form.shifts):
        shift = _shift(session, subject, form.office_id, row)
        try:
            async with session.begin_nested():
                session.add(shift)
        except IntegrityError:
            faults.append(FieldError(f"shifts.{index}.person_id", "busy", N_("此人在这一时段已有值班")))
        else:
            made.append(shift)
    if faults:
        raise InvalidInput(*faults)
    days = sorted({str(shift.day) for shift in made})
    await note(session, subject, Action.DUTY_ROSTER, "office", form.office_id, subject.tenant_id, days=days)
    return made


async def cancel_shift(session: AsyncSession, subject: Subject, shift_id: UUID) -> DutyShift:
    """Raises Forbidden, NotFound, AlreadyOnDuty."""
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    shift = await locked_shift(session, subject, shift_id)
    if await session.scalar(select(DutyAttendance.id).where(DutyAttendance.shift_id == shift.id)):
        raise AlreadyOnDuty
    shift.cancelled_at, shift.cancelled_by = instant(session), subject.person_id
    await session.flush()
    await note(session, subject, Action.DUTY_ROSTER, "duty_shift", shift.id, shift.tenant_id, cancelled=True)
    return shift


async def _faults(session: AsyncSession, form: RosterForm) -> list[FieldError]:
    today = local_date(instant(session))
    found: list[FieldError] = []
    for index, row in enumerate(form.shifts):
        if not today <= row.day <= today + AHEAD:
            message = N_("只能安排今天起一年之内的值班")
            found.append(FieldError(f"shifts.{index}.day", "out_of_reach", message))
        elif not await eligible(session, row.person_id, form.office_id, row.day):
            message = N_("此人这一天在该站点没有值班岗位")
            found.append(FieldError(f"shifts.{index}.person_id", "not_eligible", message))
    return found


def _shift(session: AsyncSession, subject: Subject, office_id: int, row: ShiftRow) -> DutyShift:
    now = instant(session)
    return DutyShift(
        id=new_id(now),
        tenant_id=subject.tenant_id,
        office_id=office_id,
        person_id=row.person_id,
        day=row.day,
        part=row.part.value,
        rostered_by=subject.person_id,
        recorded_at=now,
    )
