"""The agreement (人民调解法 29): what each side does for whom until when, and who signed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.language import N_
from foundation.model import Base


class Status(Choice):
    DRAFT = "draft", N_("草案")
    EFFECTIVE = "effective", N_("已生效")
    VOID = "void", N_("已作废")


class Manner(Choice):
    WRITTEN = "written", N_("书面")
    ORAL = "oral", N_("口头")


class Medium(Choice):
    PAPER = "paper", N_("纸质")
    ELECTRONIC = "electronic", N_("电子形式")


class Performance(Choice):
    MONEY = "money", N_("支付款项")
    ACT = "act", N_("作出行为")


class Capacity(Choice):
    """In what capacity a signature stands."""

    SELF = "self", N_("本人（单位由法定代表人）")
    AGENT = "agent", N_("持特别授权的代理人、监护人")
    MEDIATOR = "mediator", N_("人民调解员")


class Agreement(Base):
    """A draft is void as soon as another is written; at most one is effective. The sealed text is its paper."""

    __tablename__ = "agreements"
    __table_args__ = (
        Index("uq_agreements_draft", "case_id", unique=True, postgresql_where=text("status = 'draft'")),
        Index("uq_agreements_effective", "case_id", unique=True, postgresql_where=text("status = 'effective'")),
        UniqueConstraint("case_id", "version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int]
    status: Mapped[str]
    manner: Mapped[str]
    medium: Mapped[str | None] = mapped_column(comment="code of Medium; null = on paper")
    content: Mapped[dict[str, Any]] = mapped_column(Sealed("agreements.content"), comment="its words")
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"), comment="the responsible unit")
    undertakes_cost: Mapped[bool] = mapped_column(comment="that unit's own written undertaking for the handling cost")
    accepts_enforcement: Mapped[bool] = mapped_column(comment="clause for a notarial deed, 公证法 37")
    agreed_on: Mapped[date | None] = mapped_column(comment="an oral agreement's day, 人民调解法 30")
    number: Mapped[str | None] = mapped_column(unique=True, comment="of the committee that sealed it")
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("offices.id"))
    effective_at: Mapped[datetime | None]
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("papers.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


class AgreementTerm(Base):
    """One line of the schedule: `obligor_id` owes it to `party_id`."""

    __tablename__ = "agreement_terms"
    __table_args__ = (UniqueConstraint("agreement_id", "ordinal"), Index("ix_agreement_terms_case", "case_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"))
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    obligor_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    kind: Mapped[str]
    amount_fen: Mapped[int | None] = mapped_column(BigInteger)
    text: Mapped[str] = mapped_column(Sealed("agreement_terms.text"))
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]


class Signature(Base):
    """A party's signature, its own or its agent's by special mandate, or the mediator's."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("agreement_id", "party_id"),
        UniqueConstraint("agreement_id", "person_id"),
        Index("ix_signatures_case", "case_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreements.id"))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("parties.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), comment="the mediator")
    capacity: Mapped[str]
    mandate_paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("papers.id"), comment="民法典165: in writing")
    signed_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]


async def in_status(session: AsyncSession, case_id: UUID, status: Status) -> Agreement | None:
    """The case's draft, or its agreement in force."""
    query = select(Agreement).where(Agreement.case_id == case_id, Agreement.status == status.value)
    return (await session.scalars(query)).one_or_none()


async def terms_of(session: AsyncSession, agreement_id: UUID) -> list[AgreementTerm]:
    query = select(AgreementTerm).where(AgreementTerm.agreement_id == agreement_id).order_by(AgreementTerm.ordinal)
    return list(await session.scalars(query))


async def signatures_of(session: AsyncSession, agreement_id: UUID) -> list[Signature]:
    query = select(Signature).where(Signature.agreement_id == agreement_id).order_by(Signature.signed_at, Signature.id)
    return list(await session.scalars(query))
