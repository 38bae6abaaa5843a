"""What stands behind a year's lines: the joint requests of petition and justice, and the setting of carry-over."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class RequestKind(Choice):
    """六(四)7: the first year is a fixed allocation, later years follow what was really spent."""

    FIRST = "first", N_("首年核定")
    LATER = "later", N_("按上年实际支出")
    SUPPLEMENT = "supplement", N_("年中追加")


class RequestStatus(Choice):
    OPEN = "open", N_("待两家会签")
    SUBMITTED = "submitted", N_("待财政批复")
    APPROVED = "approved", N_("已批复")
    REFUSED = "refused", N_("财政不予批复")
    WITHDRAWN = "withdrawn", N_("已撤回")


class BudgetRequest(Base):
    """Asked for by both offices together, each by a head of its own; what it asks for never changes."""

    __tablename__ = "budget_requests"
    __table_args__ = (
        CheckConstraint("justice_by <> petition_by", "two_persons"),
        Index(
            "uq_budget_requests_pending", "tenant_id", "year", unique=True,
            postgresql_where=text("status in ('open', 'submitted')"),
        ),
        Index("ix_budget_requests_tenant", "tenant_id", "year", "recorded_at"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    year: Mapped[int] = mapped_column(SmallInteger)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(comment="code of budget_rows.RequestKind")
    status: Mapped[str] = mapped_column(comment="code of budget_rows.RequestStatus")
    reason: Mapped[str]
    prepared_by: Mapped[UUID]
    justice_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    justice_at: Mapped[datetime | None]
    petition_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    petition_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="of the treasury")
    decided_at: Mapped[datetime | None]
    document_no: Mapped[str | None] = mapped_column(comment="of the treasury's reply (批复文号)")
    reply: Mapped[str | None]
    granted_at: Mapped[datetime | None] = mapped_column(comment="when the lines got it: by the database, once")
    recorded_at: Mapped[datetime]


class BudgetRequestItem(Base):
    """What is asked for one purpose, and what was granted; in fen."""

    __tablename__ = "budget_request_items"
    __table_args__ = (
        CheckConstraint("least(fiscal_fen, departmental_fen) >= 0", "not_below"),
        CheckConstraint("granted_fiscal_fen between 0 and fiscal_fen", "granted_fiscal"),
        CheckConstraint("granted_departmental_fen between 0 and departmental_fen", "granted_departmental"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("budget_requests.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    fiscal_fen: Mapped[int] = mapped_column(BigInteger)
    departmental_fen: Mapped[int] = mapped_column(BigInteger)
    basis_fen: Mapped[int | None] = mapped_column(BigInteger, comment="last year's actual spending; null = first year")
    reason: Mapped[str | None] = mapped_column(comment="why it differs from last year's actual spending")
    granted_fiscal_fen: Mapped[int | None] = mapped_column(BigInteger)
    granted_departmental_fen: Mapped[int | None] = mapped_column(BigInteger)


class BudgetSetting(Base):
    """Dated: the newest that began by the close counts, the nearest tenant's before those above it."""

    __tablename__ = "budget_settings"
    __table_args__ = (Index("ix_budget_settings_tenant", "tenant_id", "valid_from"),)

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    carry_over: Mapped[bool] = mapped_column(comment="what is left goes on into the next year; off unless set")
    valid_from: Mapped[date]
    document_no: Mapped[str] = mapped_column(comment="of the fund rules it follows (资金管理办法)")
    reason: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
