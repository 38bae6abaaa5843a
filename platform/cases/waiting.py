"""For acts beside the case, which hold no version of it: to read it as those left it who are just changing it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case

WAIT = text("select case_waits(:case)")


async def wait_for_acts(session: AsyncSession, case: Case) -> None:
    """Until whoever is changing the case has done so; and whoever comes to change it waits for this transaction."""
    await session.execute(WAIT, {"case": case.id})
