"""Who pays one cost, as pages and the API show it: the answer on file, or what is still missing."""

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from funding.answers import Answer, Bearer, FactsMissing, Payer, RuleMissing
from funding.decisions import PayerDecision
from funding.facts import FACT_NAMES
from funding.trace import TraceLine
from tenants.models import Tenant


class PayerView(Struct, frozen=True):
    """Who pays; each line of `trace` renders itself in "zh" or "en". Without `payer`: `missing` says what is."""

    payer: str | None
    bearer: str | None = None
    line: str = ""
    clause: str = ""
    minimum_fen: int = 0
    maximum_fen: int = 0
    budget: str | None = None
    default_used: tuple[str, ...] = ()
    arrears: bool = False
    refundable: bool = False
    flag_province: bool = False
    to_third_party: bool = False
    missing: tuple[str, ...] = ()
    trace: tuple[TraceLine, ...] = ()


async def payer_view(session: AsyncSession, row: PayerDecision | None, answer: Answer | None = None) -> PayerView:
    if row is None:
        return _undecided(answer)
    budget = None if row.budget_tenant_id is None else await session.get_one(Tenant, row.budget_tenant_id)
    return PayerView(
        payer=Payer(row.payer).label if row.payer else None,
        bearer=Bearer(row.bearer).label if row.bearer else None,
        line=row.line,
        clause=row.clause,
        minimum_fen=row.minimum_fen,
        maximum_fen=row.maximum_fen,
        budget=budget.name if budget else None,
        default_used=tuple(row.default_used),
        arrears=row.arrears,
        refundable=row.refundable,
        flag_province=row.flag_province,
        to_third_party=row.to_third_party,
        trace=tuple(row.lines),
    )


def _undecided(answer: Answer | None) -> PayerView:
    match answer:
        case FactsMissing(row=line, facts=facts, trace=trace):
            return PayerView(None, line=line, missing=tuple(FACT_NAMES[fact] for fact in facts), trace=trace)
        case RuleMissing(row=line, clause=clause, trace=trace):
            return PayerView(None, line=line, clause=clause, trace=trace)
        case _:
            return PayerView(None)
