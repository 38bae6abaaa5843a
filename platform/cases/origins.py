"""Cases in progress that came from another system: which, under what number, who sent them, where they stood there."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import local_date
from foundation.model import Base


class CaseOrigin(Base):
    """The first holder stood outside. A number of a system is taken in once by a tenant; its row never changes."""

    __tablename__ = "case_origins"
    __table_args__ = (
        UniqueConstraint("tenant_id", "system", "outside_no"),
        Index("ix_case_origins_outside_no", "outside_no"),
        Index("ix_case_origins_intake", "intake_id", "case_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="who took it in")
    intake_id: Mapped[UUID] = mapped_column(comment="the file or the call that it came with")
    system: Mapped[str] = mapped_column(comment="the system that it comes from, by name")
    outside_no: Mapped[str] = mapped_column(comment="its number there")
    sender: Mapped[str] = mapped_column(comment="the unit that handed it over, by name")
    sent_on: Mapped[date]
    receipt_no: Mapped[str | None] = mapped_column(comment="number of the list that both sides signed")
    filed_on: Mapped[date] = mapped_column(comment="when it was registered there")
    accepted_on: Mapped[date | None] = mapped_column(comment="accepted there; the mediation term runs since")
    state: Mapped[str] = mapped_column(comment="where it stood, in our words: registered | assessing | accepted")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def days_there(self) -> int:
        """Whole days, by the calendar of Yunnan, that it had been under way when it came."""
        return (local_date(self.recorded_at) - self.filed_on).days


async def origin_of(session: AsyncSession, case_id: UUID) -> CaseOrigin | None:
    """None = it was registered here, or the reader's scope shows no more than the case itself."""
    return await session.get(CaseOrigin, case_id)


async def numbers_taken(session: AsyncSession, system: str, among: Sequence[str]) -> frozenset[str]:
    """Which of these numbers of a system the session's tenant has taken in."""
    if not among:
        return frozenset()
    return frozenset(await session.scalars(NUMBERS, {"system": system, "among": list(among)}))


NUMBERS = text("select origin_numbers(:system, :among)")
