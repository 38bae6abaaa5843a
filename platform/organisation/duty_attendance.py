"""签到: by the person at the station while the shift lasts; later only by the manager, by name and with a reason."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, Index
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.errors import Conflict, Forbidden
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from organisation.duty_shifts import DutyShift, locked_shift
from organisation.subtree import note
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

EARLY = timedelta(hours=1)
"""So long before a shift begins its people may sign in."""
LATE = timedelta(days=31)
"""So long after it has ended the manager may enter it."""


class DutyAttendance(Base):
    """One signed-in shift; `person_id` and `day` as the shift had them then."""

    __tablename__ = "duty_attendances"
    __table_args__ = (Index("ix_duty_attendances_tenant", "tenant_id", "day"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("duty_shifts.id"), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    day: Mapped[date]
    part: Mapped[str] = mapped_column(comment="codes of organisation.duty_shifts.Part")
    entered_by: Mapped[UUID | None] = mapped_column(comment="the manager, of a late entry; null = the person itself")
    reason: Mapped[str | None] = mapped_column(Sealed("duty_attendances.reason"), comment="of a late entry")
    recorded_at: Mapped[datetime]


class LateForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[
        str,
        Meta(title=N_("补录理由"), description=N_("写明为何没有当时签到，谁可证明"), min_length=4, max_length=300),
    ]


class NotYourShift(Forbidden):
    code = "not_your_shift"
    message = N_("只能为本人的值班签到")


class OtherStation(Conflict):
    code = "other_station"
    message = N_("请以这一站点的值班岗位签到")


class OutsideShift(Conflict):
    code = "outside_shift"
    message = N_("不在签到时间内：开始前一小时起，到值班结束为止；事后由管理人员补录")


class AlreadySignedIn(Conflict):
    code = "already_signed_in"
    message = N_("这次值班已经签到")


class NotOver(Conflict):
    code = "shift_not_over"
    message = N_("值班还没有结束，由本人签到")


class TooLate(Conflict):
    code = "too_late"
    message = N_("值班结束超过 %(days)s 天，不能补录")


class OwnLateEntry(Forbidden):
    code = "own_late_entry"
    message = N_("本人的值班由另一名管理人员补录")


async def check_in(session: AsyncSession, subject: Subject, shift_id: UUID) -> DutyAttendance:
    """Raises Forbidden, NotFound, NotYourShift, OtherStation, OutsideShift, AlreadySignedIn."""
    gate.require_role(subject, Action.DUTY_CHECKIN, Relation.NONE)
    shift = await locked_shift(session, subject, shift_id)
    if shift.person_id != subject.person_id:
        raise NotYourShift
    if shift.office_id != subject.office_id:
        raise OtherStation
    if not shift.begins_at - EARLY <= instant(session) <= shift.ends_at:
        raise OutsideShift
    return await _record(session, subject, shift, None)


async def enter_late(session: AsyncSession, subject: Subject, shift_id: UUID, form: LateForm) -> DutyAttendance:
    """Raises Forbidden, NotFound, OwnLateEntry, NotOver, TooLate, AlreadySignedIn."""
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    shift = await locked_shift(session, subject, shift_id)
    now = instant(session)
    if shift.person_id == subject.person_id:
        raise OwnLateEntry
    if now <= shift.ends_at:
        raise NotOver
    if now > shift.ends_at + LATE:
        raise TooLate(days=LATE.days)
    return await _record(session, subject, shift, form.reason)


async def _record(session: AsyncSession, subject: Subject, shift: DutyShift, reason: str | None) -> DutyAttendance:
    now = instant(session)
    attendance = DutyAttendance(
        id=new_id(now),
        tenant_id=shift.tenant_id,
        office_id=shift.office_id,
        shift_id=shift.id,
        person_id=shift.person_id,
        day=shift.day,
        part=shift.part,
        entered_by=subject.person_id if reason else None,
        reason=reason,
        recorded_at=now,
    )
    try:
        async with session.begin_nested():
            session.add(attendance)
    except IntegrityError as twice:
        raise AlreadySignedIn from twice
    action = Action.DUTY_ROSTER if reason else Action.DUTY_CHECKIN
    await note(session, subject, action, "duty_shift", shift.id, shift.tenant_id, late=bool(reason))
    return attendance
