"""A station's shifts as they stand on file: who is on duty on which day and in which part of it (六(四)5)."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.clock import SHANGHAI
from foundation.errors import NotFound
from foundation.language import N_
from foundation.model import Base
from tenants.subject import Subject


class Part(Choice):
    """Of a day. Whoever does two halves of one day has done one person-day."""

    WHOLE = "whole", N_("全天")
    MORNING = "morning", N_("上午")
    AFTERNOON = "afternoon", N_("下午")


HOURS = {
    Part.WHOLE: (time(8, 30), time(17, 30)),
    Part.MORNING: (time(8, 30), time(12, 0)),
    Part.AFTERNOON: (time(14, 0), time(17, 30)),
}
"""Office hours in Yunnan; the sources name none."""
MORNING = text("part in ('whole', 'morning') and cancelled_at is null")
AFTERNOON = text("part in ('whole', 'afternoon') and cancelled_at is null")


class DutyShift(Base):
    """One person at one station. Nobody is in two places in the same half of a day, whichever tenants they are of."""

    __tablename__ = "duty_shifts"
    __table_args__ = (
        Index("uq_duty_shifts_morning", "person_id", "day", unique=True, postgresql_where=MORNING),
        Index("uq_duty_shifts_afternoon", "person_id", "day", unique=True, postgresql_where=AFTERNOON),
        Index("ix_duty_shifts_tenant", "tenant_id", "day"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), comment="the station")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    day: Mapped[date]
    part: Mapped[str] = mapped_column(comment="codes of organisation.duty_shifts.Part")
    rostered_by: Mapped[UUID]
    recorded_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[UUID | None]

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.day, HOURS[Part(self.part)][0], SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.day, HOURS[Part(self.part)][1], SHANGHAI)

    def meets(self, other: "DutyShift") -> bool:
        """Both claim the same half of the same day."""
        return self.day == other.day and (Part.WHOLE in (self.part, other.part) or self.part == other.part)


async def locked_shift(session: AsyncSession, subject: Subject, shift_id: UUID) -> DutyShift:
    """In force and of the subject's own tenant; its row is held until the transaction ends. Raises NotFound."""
    return await _one(session, _own(subject, shift_id).with_for_update())


async def one_shift(session: AsyncSession, subject: Subject, shift_id: UUID) -> DutyShift:
    """The same only to be read. Raises NotFound."""
    return await _one(session, _own(subject, shift_id))


def _own(subject: Subject, shift_id: UUID) -> Select[DutyShift]:
    return select(DutyShift).where(
        DutyShift.id == shift_id, DutyShift.tenant_id == subject.tenant_id, DutyShift.cancelled_at.is_(None)
    )


async def _one(session: AsyncSession, query: Select[DutyShift]) -> DutyShift:
    shift = (await session.scalars(query)).one_or_none()
    if shift is None:
        raise NotFound
    return shift
