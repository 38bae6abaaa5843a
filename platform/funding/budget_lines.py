"""The year's budget: one line per tenant, year and purpose, what is held from it, and every movement behind its sums.

The application may read these tables and no more: only the functions of the database (`funding.budgets`) write them,
each under the lock of the one line, and a constraint refuses a line that is overdrawn (专款专用).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base
from funding.purposes import Ground, Purpose

EARMARK = {
    Ground.SETTLEMENT: Purpose.SUBSIDY,
    Ground.FEE: Purpose.FEES,
    Ground.TRIP: Purpose.TRAVEL,
    Ground.DUTY: Purpose.DUTY,
}
"""What a kind of cost may be paid from, and from nothing else (六(四)7)."""


class MovementKind(Choice):
    GRANTED = "granted", N_("核定")
    CARRIED_IN = "carried_in", N_("上年结转")
    CARRIED_OUT = "carried_out", N_("结转下年")
    RESERVED = "reserved", N_("占用")
    RELEASED = "released", N_("释放")
    SPENT = "spent", N_("支出")
    RETURNED = "returned", N_("退回")
    SURRENDERED = "surrendered", N_("缴回财政")
    MOVED_OUT = "moved_out", N_("占用转下年")
    MOVED_IN = "moved_in", N_("上年转入占用")


class BudgetLine(Base):
    """In fen. What is granted stands in two places (obligation 50a): the fiscal budget, and the justice organ's own."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        UniqueConstraint("tenant_id", "year", "purpose"),
        CheckConstraint("reserved_fen + spent_fen <= fiscal_fen + departmental_fen + carried_fen", "not_overdrawn"),
        CheckConstraint("least(fiscal_fen, departmental_fen, carried_fen, reserved_fen, spent_fen) >= 0", "not_below"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    purpose: Mapped[str] = mapped_column(comment="code of purposes.Purpose")
    fiscal_fen: Mapped[int] = mapped_column(BigInteger, comment="同级财政预算")
    departmental_fen: Mapped[int] = mapped_column(BigInteger, comment="司法行政机关部门预算")
    carried_fen: Mapped[int] = mapped_column(BigInteger, comment="carried over from the year before")
    reserved_fen: Mapped[int] = mapped_column(BigInteger, comment="approved, not yet paid")
    spent_fen: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]

    @property
    def total_fen(self) -> int:
        return self.fiscal_fen + self.departmental_fen + self.carried_fen

    @property
    def left_fen(self) -> int:
        """What may still be promised."""
        return self.total_fen - self.reserved_fen - self.spent_fen


class BudgetHold(Base):
    """What one settlement, trip, fee or duty day holds from a line, and what of it is paid."""

    __tablename__ = "budget_holds"
    __table_args__ = (
        CheckConstraint("least(reserved_fen, spent_fen, earlier_fen) >= 0", "not_below"),
        Index("ix_budget_holds_open", "line_id", "ground", "ground_id", postgresql_where=text("reserved_fen > 0")),
    )

    ground: Mapped[str] = mapped_column(primary_key=True, comment="code of purposes.Ground")
    ground_id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_lines.id"))
    tenant_id: Mapped[int]
    reserved_fen: Mapped[int] = mapped_column(BigInteger)
    spent_fen: Mapped[int] = mapped_column(BigInteger, comment="from that line")
    earlier_fen: Mapped[int] = mapped_column(BigInteger, comment="paid from lines of years before")
    recorded_at: Mapped[datetime]


class BudgetMovement(Base):
    """The entry behind a figure of a line; never changed. Of a grant: the request and the place it was entered in."""

    __tablename__ = "budget_movements"
    __table_args__ = (
        CheckConstraint("fen > 0", "some"),
        Index("ix_budget_movements_line", "line_id", "recorded_at", "id"),
        Index("ix_budget_movements_ground", "ground_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("budget_lines.id"))
    tenant_id: Mapped[int]
    kind: Mapped[str] = mapped_column(comment="code of budget_lines.MovementKind")
    place: Mapped[str | None] = mapped_column(comment="fiscal | departmental, of a grant")
    fen: Mapped[int] = mapped_column(BigInteger)
    ground: Mapped[str] = mapped_column(comment="code of purposes.Ground; budget = a request or the year's close")
    ground_id: Mapped[UUID]
    case_id: Mapped[UUID | None] = mapped_column(comment="of which case, where it is one's")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]
