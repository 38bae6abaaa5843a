"""The remedy clock as every page of the petitioner's side shows it (N11)."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.remedies import clock_of
from cases.remedy_clock import FREE_HELPERS, MEDIATION_STOPS_NOTHING, urgent, warnings

WORDS: dict[str, Any] = {
    "beware": warnings,
    "urgent": urgent,
    "free_helpers": FREE_HELPERS,
    "mediation": MEDIATION_STOPS_NOTHING,
}
"""What `components/clock_lines.html` needs beside the clock; before a case is known they stand alone."""


async def with_clock(session: AsyncSession, case: Case) -> dict[str, Any]:
    """Today's clock of one case and its words."""
    return {"clock": await clock_of(session, case), **WORDS}
