"""What the payer table answered for one cost, kept with its trace. A newer answer to the same cost prevails.

Decided again at every handover and on new facts; a row names the one it replaces, so that the difference can be shown.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, select, text
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
from funding.answers import Answer, Decision, FactsMissing, RuleMissing
from funding.facts import Facts
from funding.trace import TraceLine
from tenants.subject import Subject


class About(Choice):
    FEE = "fee", N_("第三方费用")
    TRAVEL = "travel", N_("出差补助")
    SETTLEMENT = "settlement", N_("办案成本补助")
    OUTLOOK = "outlook", N_("办案成本补助（结算之前的判断）")


class Cause(Choice):
    """Why it was decided, or decided again."""

    COST = "cost", N_("登记或者审核费用")
    FINDING = "finding", N_("责任认定")
    HANDOVER = "handover", N_("案件移交")
    SETTLEMENT = "settlement", N_("提出结算")
    FACTS = "facts", N_("案件事实变化")


class PayerDecision(Base):
    """Facts and trace may tell that somebody is poor: both are sealed. Without a payer: the answer is still open."""

    __tablename__ = "payer_decisions"
    __table_args__ = (
        Index("ix_payer_decisions_case", "case_id", "about"),
        Index("ix_payer_decisions_about", "about_id"),
        Index("ix_payer_decisions_tenant", "tenant_id", "recorded_at", "id"),
        Index(
            "ix_payer_decisions_fees",
            "budget_tenant_id",
            postgresql_where=text("about = 'fee' and payer = 'finance'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    about: Mapped[str] = mapped_column(comment="fee | travel | settlement | outlook")
    about_id: Mapped[UUID] = mapped_column(comment="row of fees, travel_requests or settlements; outlook: the case")
    tenant_id: Mapped[int | None] = mapped_column(comment="the holder when the cost was incurred")
    cause: Mapped[str | None] = mapped_column(comment="code of Cause; null: before causes were kept")
    replaces: Mapped[UUID | None] = mapped_column(comment="the row that said it before")
    payer: Mapped[str | None] = mapped_column(comment="null: facts or a rule are missing")
    bearer: Mapped[str | None]
    missing: Mapped[list[str] | None] = mapped_column(JSONB, comment="names of the facts that are missing")
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

    @property
    def known(self) -> Facts:
        """The facts that it was decided by."""
        return msgspec.convert(self.facts, Facts)


NATURAL = {About.SETTLEMENT: Cause.SETTLEMENT}
"""Of what is decided for a cause of its own; every other cost is decided because it was put on file."""


async def record(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    about: About,
    about_id: UUID,
    facts: Facts,
    answer: Answer,
    cause: Cause | None = None,
) -> PayerDecision:
    """Keep the answer, whichever of the three it is, beside the one that it replaces."""
    now = instant(session)
    before = await _before(session, case.id, about, about_id)
    row = PayerDecision(
        id=new_id(now),
        case_id=case.id,
        about=about.value,
        about_id=about_id,
        tenant_id=facts.tenant,
        cause=(cause or NATURAL.get(about, Cause.COST)).value,
        replaces=None if before is None else before.id,
        facts={name: value for name, value in msgspec.to_builtins(facts).items() if value is not None},
        trace=msgspec.to_builtins(answer.trace),
        recorded_at=now,
        recorded_by=subject.person_id,
        **(_decided(answer) if isinstance(answer, Decision) else _open(answer)),
    )
    session.add(row)
    await session.flush()
    return row


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "payer": decision.payer.value,
        "bearer": decision.bearer.value,
        "minimum_fen": decision.minimum_fen,
        "maximum_fen": decision.maximum_fen,
        "clause": decision.clause,
        "line": decision.row,
        "default_used": list(decision.default_used),
        "arrears": decision.arrears,
        "refundable": decision.refundable,
        "flag_province": decision.flag_province,
        "to_third_party": decision.to_third_party,
        "budget_tier": decision.budget_tier.value if decision.budget_tier else None,
        "budget_tenant_id": decision.budget_tenant,
        "place_tenant_id": decision.place_tenant,
    }


def _open(answer: FactsMissing | RuleMissing) -> dict[str, Any]:
    """Nobody pays until the facts, or the province's word, are there."""
    nothing = dict.fromkeys(("arrears", "refundable", "flag_province", "to_third_party"), False)
    return nothing | {
        "minimum_fen": 0,
        "maximum_fen": 0,
        "clause": answer.clause if isinstance(answer, RuleMissing) else "",
        "line": answer.row,
        "default_used": [],
        "missing": list(answer.facts) if isinstance(answer, FactsMissing) else None,
    }


async def renew(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    about: About,
    about_id: UUID,
    facts: Facts,
    answer: Answer,
    cause: Cause | None = None,
) -> PayerDecision | None:
    """Record the answer unless the one on file says the same; nothing on file stays so until there is a decision.

    At a handover it is always recorded: that it was decided again, and that it stayed, is told too. The new row.
    """
    row = await _before(session, case.id, about, about_id)
    first = row is None and not isinstance(answer, Decision) and about is not About.OUTLOOK
    if first or not (cause is Cause.HANDOVER or _differs(row, answer)):
        return None
    return await record(session, subject, case, about, about_id, facts, answer, cause)


async def latest(session: AsyncSession, case_id: UUID) -> dict[UUID, PayerDecision]:
    """The decision in force for each cost, by the cost's id; where the newest answer is open there is none."""
    return standing(await history(session, case_id))


def standing(rows: Iterable[PayerDecision]) -> dict[UUID, PayerDecision]:
    """Of all rows of a case, in their order."""
    newest = {row.about_id: row for row in rows}
    return {about: row for about, row in newest.items() if row.payer is not None}


async def history(session: AsyncSession, case_id: UUID) -> list[PayerDecision]:
    """Every answer ever given, the oldest first."""
    query = select(PayerDecision).where(PayerDecision.case_id == case_id)
    return list(await session.scalars(query.order_by(PayerDecision.recorded_at, PayerDecision.id)))


async def _before(session: AsyncSession, case_id: UUID, about: About, about_id: UUID) -> PayerDecision | None:
    """What was said of it last; of a settlement that is new, what was expected of it."""
    ids = (about_id, case_id) if about is About.SETTLEMENT else (about_id,)
    found = {row.about_id: row for row in await history(session, case_id) if row.about_id in ids}
    return next((found[one] for one in ids if one in found), None)


def _differs(row: PayerDecision | None, answer: Answer) -> bool:
    if row is None:
        return True
    wanted = _decided(answer) if isinstance(answer, Decision) else _open(answer)
    names = ("payer", "line", "minimum_fen", "maximum_fen", "budget_tenant_id", "missing")
    return any(getattr(row, name) != wanted.get(name) for name in names)
