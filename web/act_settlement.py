"""Who reviews, approves or pays a settlement sees above the form what: amount, scores, recipients, signatures."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act
from cases.models import Case
from funding.settlement import live
from funding.settlement_view import SettlementView, settlement_view

SETTLING = frozenset({"review-settlement", "approve-settlement", "pay-settlement"})


async def settlement_of(session: AsyncSession, case: Case, act: Act) -> SettlementView | None:
    """The one that stands; None for other acts, and where there is none."""
    if act.name not in SETTLING:
        return None
    found = await live(session, case.id)
    return None if found is None else await settlement_view(session, found)
