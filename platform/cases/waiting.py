"""For acts beside the case, which hold no version of it: to read it as those left it who are just changing it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case

WAIT = text("select case_waits(:case, :version, :alone)")


async def wait_for_acts(session: AsyncSession, case: Case, *, alone: bool = False) -> bool:
    """Until whoever is changing the case has done so; and whoever comes to change it waits for this transaction.

    `alone`: so does whoever comes for a place beside it; for who changes the case by a function of the database, or as
    a party. True = the case has another version now than the one that was read. Who touched an order, a seat or a term
    of the case before having waited here would wait crosswise for a handover, which begins at the case (decision 0061).
    """
    asked = {"case": case.id, "version": case.version, "alone": alone}
    return bool(await session.scalar(WAIT, asked))
