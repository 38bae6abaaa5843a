"""Two numbers of one visit: what was split off and what it was split from name each other, whoever holds them now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant
from tenants.subject import Subject


class CaseLink(Base):
    """One side's row; the other case has its own. `other_no` is kept, since sight of the other may end."""

    __tablename__ = "case_links"
    __table_args__ = (
        Index("ix_case_links_case", "case_id"),
        Index("ix_case_links_other", "other_case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(comment="split_to | split_from | same_matter")
    other_case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    other_no: Mapped[str] = mapped_column(comment="登记号 of the other")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    recorded_in: Mapped[int | None] = mapped_column(
        ForeignKey("tenants.id"), comment="where; null = of old, or a split"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(comment="counts no longer from then on")
    withdrawn_by: Mapped[UUID | None]
    withdrawn_reason: Mapped[str | None]
    withdrawn_case_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("cases.id"), comment="from whose page; the other page is not told the reason"
    )


def link_split(session: AsyncSession, subject: Subject, case: Case, sibling: Case) -> None:
    """`sibling` was split off `case`: one row for each page."""
    for one, kind, other in ((case, "split_to", sibling), (sibling, "split_from", case)):
        session.add(
            CaseLink(
                id=new_id(instant(session)),
                case_id=one.id,
                kind=kind,
                other_case_id=other.id,
                other_no=other.registration_no,
                recorded_at=instant(session),
                recorded_by=subject.person_id,
            )
        )


def link_same_matter(session: AsyncSession, subject: Subject, case: Case, other_id: UUID, other_no: str) -> None:
    """The same dispute, mediated again under another number; the other side's page is not written to from here."""
    session.add(
        CaseLink(
            id=new_id(instant(session)),
            case_id=case.id,
            kind="same_matter",
            other_case_id=other_id,
            other_no=other_no,
            recorded_at=instant(session),
            recorded_by=subject.person_id,
            recorded_in=subject.tenant_id,
        )
    )
