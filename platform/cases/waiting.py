"""For acts beside the case, which hold no version of it: to read it as those left it who are just changing it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case

WAIT = text("select case_waits(:case, :version)")


async def wait_for_acts(session: AsyncSession, case: Case) -> bool:
    """Until whoever is changing the case has done so; and whoever comes to change it waits for this transaction.

    True = it has another version now than the one that was read. Who touches an order, a seat or a term of the case
    before having waited here waits crosswise for a handover, which begins at the case and goes on to these (decision 0061).
    """
    return bool(await session.scalar(WAIT, {"case": case.id, "version": case.version}))
