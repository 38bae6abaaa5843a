"""How a case came to its class: computed at 受理, changed by two persons, one row each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.classes import Classified
from cases.models import Case
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant
from tenants.subject import Subject


class ClassFinding(Base):
    """`confirmed` null = proposed, waiting for a second person; its facts are in the paper of the same moment."""

    __tablename__ = "class_findings"
    __table_args__ = (
        Index("ix_class_findings_case", "case_id", "recorded_at"),
        Index("ix_class_findings_open", "case_id", unique=True, postgresql_where=text("confirmed is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    from_class: Mapped[str | None] = mapped_column(comment="null = the first, at 受理")
    to_class: Mapped[str]
    clause: Mapped[str]
    persons: Mapped[int] = mapped_column(comment="as fixed at 受理; a withdrawal never lowers it")
    confirmed: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


def found(session: AsyncSession, subject: Subject, case: Case, classified: Classified, *, first: bool) -> ClassFinding:
    """A new row: in force at once at 受理, a proposal afterwards."""
    row = finding_row(subject, case, classified, instant(session), first=first)
    session.add(row)
    return row


def finding_row(subject: Subject, case: Case, classified: Classified, now: datetime, *, first: bool) -> ClassFinding:
    """The row of `found`, for who writes several at once."""
    return ClassFinding(
        id=new_id(now),
        case_id=case.id,
        from_class=None if first else case.case_class,
        to_class=classified.case_class.value,
        clause=classified.clause,
        persons=case.persons_at_acceptance if case.persons_at_acceptance is not None else case.person_count,
        confirmed=True if first else None,
        decided_at=now if first else None,
        decided_by=subject.person_id if first else None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


async def proposed(session: AsyncSession, case_id: UUID) -> ClassFinding | None:
    """The change that waits for a second person."""
    query = select(ClassFinding).where(ClassFinding.case_id == case_id, ClassFinding.confirmed.is_(None))
    waiting: ClassFinding | None = await session.scalar(query)
    return waiting
