"""疑点: that a claim is worth a second look, and what it was compared with. It is about a claim, never about a person:
it names nobody, adds up nobody, holds nothing up by itself, and ends with the answer of a reviewer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base

ENOUGH = 5
"""Claims of one year from which "always" may be said."""
ALIKE = 80
"""Percent from which two texts are shown as alike."""


class Ground(Choice):
    SAME = "same", N_("两案卷宗内容相同")
    ALIKE = "alike", N_("两案卷宗文书近似")
    TRAVEL = "travel", N_("值班日与出差重叠")
    CEILING = "ceiling", N_("同一工作室的申报总在上限")
    ONE_SIGNER = "one_signer", N_("同一申报人的申报总由同一人审签")
    AT_THE_LINE = "at_the_line", N_("群体性案件恰为10人")
    PAID_TWICE = "paid_twice", N_("同一纠纷的两件结算均已支付")


ONCE = (Ground.CEILING, Ground.ONE_SIGNER, Ground.AT_THE_LINE)
"""Found once for a claim; the others once for each that it is compared with."""


class Kind(Choice):
    """What a signal is about, or compares with."""

    SETTLEMENT = "settlement", N_("办案成本补助结算")
    TRIP = "trip", N_("出差")
    DUTY = "duty", N_("值班日")
    CLASS = "class", N_("案件类别的认定")


class Answer(Choice):
    EXPLAINED = "explained", N_("已核查，情况有合理解释")
    UPHELD = "upheld", N_("属实，退回申报")


class Effect(Choice):
    """What became of a claim whose signal was upheld."""

    RETURNED = "returned", N_("已退回")
    GONE = "gone", N_("此前已经退回或者取代")
    PAID = "paid", N_("已经支付，移送监督、审计查处")


class Signal(Base):
    __tablename__ = "funding_signals"
    __table_args__ = (
        UniqueConstraint("claim_id", "ground", "other_id"),
        Index("ix_funding_signals_case", "case_id"),
        Index("ix_funding_signals_tenant", "tenant_id", "found_at"),
        Index("ix_funding_signals_open", "tenant_id", postgresql_where=text("answer is null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="of the claim")
    year: Mapped[int] = mapped_column(SmallInteger)
    ground: Mapped[str] = mapped_column(comment="code of signals.Ground")
    claim_kind: Mapped[str] = mapped_column(comment="code of signals.Kind")
    claim_id: Mapped[UUID] = mapped_column(comment="row of settlements, travel_requests or duty_days")
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), comment="null: a day of duty has none")
    other_kind: Mapped[str] = mapped_column(comment="code of signals.Kind")
    other_id: Mapped[UUID] = mapped_column(comment="what the claim was compared with")
    figures: Mapped[dict[str, Any]] = mapped_column(comment="numbers, days and codes that were compared; no words")
    found_at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(comment="code of signals.Answer; null = open")
    effect: Mapped[str | None] = mapped_column(comment="code of signals.Effect, when upheld")
    reason: Mapped[str | None] = mapped_column(Sealed("funding_signals.reason"))
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    answered_at: Mapped[datetime | None]


class Found(Struct, frozen=True):
    """One ground that a check found for a claim."""

    ground: Ground
    other_kind: Kind
    other_id: UUID
    figures: dict[str, Any]


class About(Struct, frozen=True):
    """The claim that was checked."""

    kind: Kind
    id: UUID
    tenant_id: int
    year: int
    case_id: UUID | None = None
