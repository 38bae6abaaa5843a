"""What a class would draw from the fund, asked by the room that classes cases (六(四)1)."""

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.store import instant
from funding.tariff_rates import tariff
from funding.words import CaseClass


async def subsidy_bounds(session: AsyncSession, major: bool) -> tuple[int, int] | None:
    """Least and most fen for one settled case by today's tariff; None when it has no rate."""
    case_class = CaseClass.MAJOR if major else CaseClass.GENERAL
    rate = (await tariff(session)).on(f"subsidy.{case_class.value}", local_date(instant(session)))
    return (rate.minimum_fen, rate.maximum_fen) if rate else None
