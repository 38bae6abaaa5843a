"""Policy documents down the tree (obligation 64): a joint notice, and the plan that a lower tenant derives from it.

A row is one edition. Its text is public; nothing personal stands in it. Both organs approve it, each by a head of its
own; a township has one head alone. What was issued never changes: the next edition follows.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, Computed, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.language import N_
from foundation.model import Base


class DocumentKind(Choice):
    NOTICE = "notice", N_("联合通知")
    PLAN = "plan", N_("行动方案")


class DocumentStatus(Choice):
    DRAFT = "draft", N_("拟稿，待会签")
    ISSUED = "issued", N_("已印发")
    REPLACED = "replaced", N_("已由新版代替")
    WITHDRAWN = "withdrawn", N_("已撤回")


class Stance(Choice):
    """What a tenant does with a clause of the plan above."""

    INHERIT = "inherit", N_("沿用")
    OVERRIDE = "override", N_("改写")
    ADD = "add", N_("新增")
    DROP = "drop", N_("不采用")


class PolicyDocument(Base):
    """One edition. `series_id` is shared by all editions; `parent_id` is the edition above that it was derived from."""

    __tablename__ = "policy_documents"
    __table_args__ = (
        UniqueConstraint("series_id", "edition"),
        Index("ix_policy_documents_tenant", "tenant_id", "recorded_at"),
        Index("ix_policy_documents_parent", "parent_series_id", postgresql_where=text("parent_series_id is not null")),
        Index("uq_policy_documents_draft", "series_id", unique=True, postgresql_where=text("status = 'draft'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    series_id: Mapped[UUID]
    edition: Mapped[int]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    kind: Mapped[str]
    title: Mapped[str]
    number: Mapped[str] = mapped_column(comment="文号")
    dated: Mapped[date]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_documents.id"))
    parent_series_id: Mapped[UUID | None]
    commentary: Mapped[str | None] = mapped_column(comment="解读")
    status: Mapped[str]
    receipt_by: Mapped[date | None] = mapped_column(comment="until when those below sign its receipt")
    report_tiers: Mapped[list[str]] = mapped_column(ARRAY(String), comment="who below reports on clauses with a day")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    justice_by: Mapped[UUID | None]
    justice_at: Mapped[datetime | None]
    petition_by: Mapped[UUID | None]
    petition_at: Mapped[datetime | None]
    issued_at: Mapped[datetime | None]


class DocumentClause(Base):
    """`key` stays through all editions; `source` is the text as it was read, `text` as it stands after correction."""

    __tablename__ = "document_clauses"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"), primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int]
    position: Mapped[int]
    path: Mapped[str] = mapped_column(comment="六(四)1; empty = what stands before the first")
    stance: Mapped[str | None] = mapped_column(comment="of a derived plan only")
    parent_key: Mapped[UUID | None] = mapped_column(comment="the clause above")
    source: Mapped[str]
    text: Mapped[str]
    reason: Mapped[str | None] = mapped_column(comment="of what differs from the clause above or from the source")
    report_by: Mapped[date | None]


class DocumentAttachment(Base):
    """A file that goes with the edition."""

    __tablename__ = "document_attachments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"), index=True)
    tenant_id: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class DocumentReceipt(Base):
    """One lower tenant's receipt of one edition."""

    __tablename__ = "document_receipts"
    __table_args__ = (Index("ix_document_receipts_tenant", "tenant_id"),)

    document_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(
        Computed("md5(document_id::text || '/' || tenant_id::text)::uuid", persisted=True), unique=True
    )
    """One name for the two, by which the queue of days knows it."""
    issuer_id: Mapped[int]
    sent_at: Mapped[datetime]
    receipt_by: Mapped[date | None]
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="nobody has to sign any more")


class ReportDuty(Base):
    """One lower tenant has to report on one clause by a day (obligation 58)."""

    __tablename__ = "report_duties"
    __table_args__ = (
        UniqueConstraint("document_id", "clause_key", "tenant_id"),
        Index("ix_report_duties_tenant", "tenant_id", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"))
    clause_key: Mapped[UUID]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    issuer_id: Mapped[int]
    due_on: Mapped[date]
    reported_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="a new edition asks anew")


class Progress(Choice):
    NOT_BEGUN = "not_begun", N_("尚未开始")
    UNDER_WAY = "under_way", N_("正在落实")
    DONE = "done", N_("已经落实")
    HINDERED = "hindered", N_("有困难")


class ClauseReport(Base):
    """What a tenant reported of a clause; never changed, only followed by another."""

    __tablename__ = "clause_reports"
    __table_args__ = (Index("ix_clause_reports_clause", "document_id", "clause_key", "tenant_id", "recorded_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    document_id: Mapped[UUID] = mapped_column(ForeignKey("policy_documents.id"))
    clause_key: Mapped[UUID]
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    progress: Mapped[str]
    text: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
