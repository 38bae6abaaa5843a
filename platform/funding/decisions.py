"""What the payer table answered for one cost, kept with its trace. A newer answer to the same cost prevails."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.models import Case
from foundation.choice import Choice
from foundation.cipher import Sealed
from foundation.ids import new_id
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant
from funding.answers import Decision
from funding.facts import Facts
from funding.trace import TraceLine
from tenants.subject import Subject


class About(Choice):
    FEE = "fee", N_("第三方费用")
    TRAVEL = "travel", N_("出差补助")
    SETTLEMENT = "settlement", N_("办案成本补助")


class PayerDecision(Base):
    """Facts and trace may tell that somebody is poor: both are sealed."""

    __tablename__ = "payer_decisions"
    __table_args__ = (Index("ix_payer_decisions_case", "case_id", "about"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    about: Mapped[str] = mapped_column(comment="fee | travel | settlement")
    about_id: Mapped[UUID] = mapped_column(comment="row of fees, travel_requests or settlements")
    payer: Mapped[str]
    bearer: Mapped[str]
    minimum_fen: Mapped[int] = mapped_column(BigInteger)
    maximum_fen: Mapped[int] = mapped_column(BigInteger)
    clause: Mapped[str]
    line: Mapped[str] = mapped_column(comment="row of the payer table")
    default_used: Mapped[list[str]] = mapped_column(JSONB, comment="rows that the text leaves open")
    arrears: Mapped[bool]
    refundable: Mapped[bool] = mapped_column(comment="an advance: decided again when fault is found")
    flag_province: Mapped[bool]
    to_third_party: Mapped[bool]
    budget_tier: Mapped[str | None]
    budget_tenant_id: Mapped[int | None]
    place_tenant_id: Mapped[int | None] = mapped_column(comment="the budget that 属地 points to, when another")
    facts: Mapped[dict[str, Any]] = mapped_column(Sealed("payer_decisions.facts"))
    trace: Mapped[list[Any]] = mapped_column(Sealed("payer_decisions.trace"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]

    @property
    def lines(self) -> list[TraceLine]:
        """The trace, each line to be rendered in the reader's language."""
        return msgspec.convert(self.trace, list[TraceLine])


async def record(
    session: AsyncSession, subject: Subject, case: Case, about: About, about_id: UUID, facts: Facts, decision: Decision
) -> PayerDecision:
    now = instant(session)
    known = {name: value for name, value in msgspec.to_builtins(facts).items() if value is not None}
    row = PayerDecision(
        id=new_id(now),
        case_id=case.id,
        about=about.value,
        about_id=about_id,
        payer=decision.payer.value,
        bearer=decision.bearer.value,
        minimum_fen=decision.minimum_fen,
        maximum_fen=decision.maximum_fen,
        clause=decision.clause,
        line=decision.row,
        default_used=list(decision.default_used),
        arrears=decision.arrears,
        refundable=decision.refundable,
        flag_province=decision.flag_province,
        to_third_party=decision.to_third_party,
        budget_tier=decision.budget_tier.value if decision.budget_tier else None,
        budget_tenant_id=decision.budget_tenant,
        place_tenant_id=decision.place_tenant,
        facts=known,
        trace=msgspec.to_builtins(decision.trace),
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(row)
    await session.flush()
    return row


async def renew(
    session: AsyncSession, subject: Subject, case: Case, about: About, about_id: UUID, facts: Facts, decision: Decision
) -> None:
    """Record the answer unless the one on file says the same."""
    if _differs((await latest(session, case.id)).get(about_id), decision):
        await record(session, subject, case, about, about_id, facts, decision)


async def latest(session: AsyncSession, case_id: UUID) -> dict[UUID, PayerDecision]:
    """The answer in force for each cost, by the cost's id."""
    query = select(PayerDecision).where(PayerDecision.case_id == case_id)
    ordered = query.order_by(PayerDecision.recorded_at, PayerDecision.id)
    return {row.about_id: row for row in await session.scalars(ordered)}


def _differs(row: PayerDecision | None, decision: Decision) -> bool:
    if row is None:
        return True
    told = (row.payer, row.line, row.minimum_fen, row.maximum_fen, row.budget_tenant_id)
    return told != (
        decision.payer, decision.row, decision.minimum_fen, decision.maximum_fen, decision.budget_tenant
    )  # fmt: skip
