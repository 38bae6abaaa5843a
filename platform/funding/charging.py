"""Who is charged the amount: one payer, or each of several by its share on record."""

import msgspec
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from funding.answers import Decision, Payer
from funding.facts import Facts
from funding.findings import in_force
from funding.gathering import share_facts
from funding.payer import decide
from funding.refusals import decided
from funding.rulebook import rulebook
from funding.scoring import split


class Charge(Struct, frozen=True):
    """One payer's part of the amount."""

    decision: Decision
    name: str | None
    amount_fen: int


async def charges_for(session: AsyncSession, case: Case, facts: Facts, decision: Decision, total: int) -> list[Charge]:
    """One payer, or each of several by the share on record, decided again by itself (A10)."""
    finding = (await in_force(session, case.id)).producer
    if decision.payer is not Payer.SHARES or finding is None:
        name = finding.form.unit_name if finding and decision.payer is Payer.PRODUCER else None
        return [Charge(decision, name, total)]
    shares = finding.form.shares
    book = await rulebook(session)
    charges = []
    for share, fen in zip(shares, split(total, [share.percent for share in shares]), strict=True):
        own = decided(decide(msgspec.structs.replace(facts, **share_facts(facts, share)), book))
        charges.append(Charge(own, share.name if own.payer is Payer.PRODUCER else None, fen))
    return charges
