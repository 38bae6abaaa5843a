"""专家会诊 (四(四)): a panel with its experts; what each said and its minutes are papers. Rows are only added."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.model import Base


class Panel(Base):
    """Convened by a paper; done when its minutes stand."""

    __tablename__ = "panels"
    __table_args__ = (Index("ix_panels_case", "case_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"), comment="the call, with the question")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class PanelExpert(Base):
    """One who was called, after every party had consented (人民调解法20)."""

    __tablename__ = "panel_experts"
    __table_args__ = (Index("ix_panel_experts_case", "case_id"),)

    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panels.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    recorded_at: Mapped[datetime]


class PanelPaper(Base):
    """An expert's opinion, or (without a person) the minutes, of which there is one."""

    __tablename__ = "panel_papers"
    __table_args__ = (
        Index("ix_panel_papers_case", "case_id"),
        Index("ix_panel_papers_panel", "panel_id"),
        Index("uq_panel_papers_minutes", "panel_id", unique=True, postgresql_where=text("person_id is null")),
    )

    paper_id: Mapped[UUID] = mapped_column(ForeignKey("papers.id"), primary_key=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("panels.id"))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    recorded_at: Mapped[datetime]
