"""Who produced the problem and who is at fault: found on written proof, by nobody who is paid for the case."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.model import Base
from funding.finding_form import FindingForm


class Finding(Base):
    """One written finding; its words are the form's, sealed, because they may tell that somebody is poor."""

    __tablename__ = "responsibility_findings"
    __table_args__ = (Index("ix_responsibility_findings_case", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    producer: Mapped[str | None] = mapped_column(comment="code of words.Producer; null = not said here")
    fault: Mapped[str | None] = mapped_column(comment="code of words.Fault; null = not said here")
    producer_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), comment="the unit is a party")
    fault_party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    content: Mapped[dict[str, Any]] = mapped_column(Sealed("responsibility_findings.content"))
    basis: Mapped[str]
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("papers.id"), comment="the paper in the dossier")
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("stored_files.id"), comment="or the file attached")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def form(self) -> FindingForm:
        return msgspec.convert(self.content, FindingForm)


class InForce(Struct, frozen=True):
    """The latest finding about each question, and everyone who found."""

    producer: Finding | None = None
    fault: Finding | None = None
    team_at_fault: bool | None = None
    finders: frozenset[UUID] = frozenset()


async def findings_of(session: AsyncSession, case_id: UUID) -> list[Finding]:
    query = select(Finding).where(Finding.case_id == case_id).order_by(Finding.recorded_at, Finding.id)
    return list(await session.scalars(query))


async def in_force(session: AsyncSession, case_id: UUID) -> InForce:
    rows = await findings_of(session, case_id)
    said = [row.form.team_at_fault for row in rows if row.form.team_at_fault is not None]
    return InForce(
        producer=next((row for row in reversed(rows) if row.producer is not None), None),
        fault=next((row for row in reversed(rows) if row.fault is not None), None),
        team_at_fault=said[-1] if said else None,
        finders=frozenset(row.recorded_by for row in rows),
    )
