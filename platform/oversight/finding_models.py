"""What an inspection scored, and what it found wrong. Never about a person: an item of the checklist and the case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class FindingState(Choice):
    SENT = "sent", N_("待答复")
    ANSWERED = "answered", N_("已答复，待认可")
    RETURNED = "returned", N_("退回重新答复")
    ACCEPTED = "accepted", N_("已认可")


WAITING = (FindingState.SENT.value, FindingState.RETURNED.value)


class InspectionScore(Base):
    """Points of one item with the reason for them."""

    __tablename__ = "inspection_scores"
    __table_args__ = (UniqueConstraint("inspection_id", "item_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspections.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_items.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Sealed("inspection_scores.reason"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class InspectionFinding(Base):
    """Sent to the holder of that time, to be answered by a day."""

    __tablename__ = "inspection_findings"
    __table_args__ = (
        Index("ix_inspection_findings_tenant", "tenant_id", "holder_tenant_id", "item_id"),
        Index("ix_inspection_findings_inspection", "inspection_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    inspection_id: Mapped[UUID] = mapped_column(ForeignKey("inspections.id"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("checklist_items.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="who inspects")
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    holder_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    holder_office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    words: Mapped[str] = mapped_column(Sealed("inspection_findings.words"))
    state: Mapped[str]
    deadline: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class FindingStep(Base):
    """An answer, its acceptance, or its being sent back; never changed."""

    __tablename__ = "finding_steps"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("inspection_findings.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(comment="code of FindingState")
    words: Mapped[str] = mapped_column(Sealed("finding_steps.words"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
