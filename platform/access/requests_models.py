"""Asking for sight beyond one's rights: what was asked, and what became of it. Two tables, because two sides read them.

The asker reads and writes the request and never learns from it whether the number is a case. The matter is the same
request as those above the holder see it; it exists only where the number does, and a function of the owner writes it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base
from policies.actions import Action


class AccessPurpose(Choice):
    """What the sight is asked for; the petitioner reads it on the own page."""

    EMERGENCY = "emergency", N_("紧急情况：有人身安全危险")
    COORDINATION = "coordination", N_("协调同一纠纷的办理")
    COMPLAINT = "complaint", N_("核查投诉")
    LITIGATION = "litigation", N_("应诉、复议答复")
    RELIEF = "relief", N_("核查救助申请")
    AUDIT = "audit", N_("审计项目")


class AccessGroup(Choice):
    """What may be asked for. Contact in the clear, notes and money never are."""

    STATUS = "status", N_("办理进度")
    TIMELINE = "timeline", N_("办理过程")
    FINAL = "final", N_("最终文书")
    STATEMENT = "statement", N_("陈述和证据")
    IDENTITY = "identity", N_("当事人身份（遮盖）")


OPENS: dict[AccessGroup, frozenset[Action]] = {
    AccessGroup.STATUS: frozenset({Action.CASE_STATUS, Action.RECUSAL_DECLARE}),
    AccessGroup.TIMELINE: frozenset({Action.CASE_READ, Action.CASE_READ_TIMELINE}),
    AccessGroup.FINAL: frozenset({Action.CASE_READ, Action.CASE_READ_FINAL}),
    AccessGroup.STATEMENT: frozenset({Action.CASE_READ, Action.CASE_READ_STATEMENT}),
    AccessGroup.IDENTITY: frozenset({Action.CASE_READ, Action.CASE_READ_IDENTITY_MASKED}),
}
"""The actions that a grant of each group lends (rule 12b). Every grant lends those of the status: who was let in and
finds an interest of their own says so and leaves."""


class Verdict(Choice):
    GRANT = "granted", N_("批准")
    REFUSE = "refused", N_("不批准")


class Finding(Choice):
    JUSTIFIED = "justified", N_("查阅正当")
    UNJUSTIFIED = "unjustified", N_("查阅不正当")


class AccessRequest(Base):
    """What somebody asked for, by the number as it was typed. Never changed."""

    __tablename__ = "access_requests"
    __table_args__ = (
        Index("ix_access_requests_person", "person_id", text("recorded_at desc")),
        Index("ix_access_requests_month", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"))
    post_id: Mapped[UUID]
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    number: Mapped[str]
    purpose: Mapped[str]
    reason: Mapped[str] = mapped_column(Sealed("access_requests.reason"))
    groups: Mapped[list[str]] = mapped_column(ARRAY(String))
    wanted_until: Mapped[datetime]
    decide_by: Mapped[datetime] = mapped_column(comment="after this nobody grants it any more")
    recorded_at: Mapped[datetime]


class AccessMatter(Base):
    """The request as those see it who stand above the holder: the case it means, the decision, the review."""

    __tablename__ = "access_matters"
    __table_args__ = (
        Index("ix_access_matters_case", "case_id", "recorded_at"),
        Index(
            "ix_access_matters_open", "recorded_at",
            postgresql_where=text("reviewed_at is null and (verdict is null or verdict = 'granted')"),
        ),
        Index("ix_access_matters_decided", "decided_at", postgresql_where=text("verdict = 'granted'")),
        Index("ix_access_matters_unjustified", "reviewed_at", postgresql_where=text("finding = 'unjustified'")),
    )  # fmt: skip

    request_id: Mapped[UUID] = mapped_column(ForeignKey("access_requests.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    person_id: Mapped[UUID]
    office_id: Mapped[int]
    purpose: Mapped[str]
    decide_by: Mapped[datetime]
    recorded_at: Mapped[datetime]
    verdict: Mapped[str | None]
    ground: Mapped[str | None] = mapped_column(Sealed("access_matters.ground"))
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    groups: Mapped[list[str] | None] = mapped_column(ARRAY(String))
    ends_at: Mapped[datetime | None] = mapped_column(comment="of the grant; a revocation sets it to its own instant")
    revoked_by: Mapped[UUID | None]
    review_by: Mapped[datetime | None]
    finding: Mapped[str | None]
    finding_ground: Mapped[str | None] = mapped_column(Sealed("access_matters.finding_ground"))
    reviewed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None]
