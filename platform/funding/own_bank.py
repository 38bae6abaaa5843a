"""What its own bank did stands in a tenant's books whatever became of the case: the case may have another holder by
now, whom the cashier who enters the answer does not see. Nothing of the case stays in the session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.store import instant, set_scope
from tenants.subject import Subject

MOVED = text("select own_money_moved(:about)")
OVER = text("select set_config('app.paying', '', true)")


@asynccontextmanager
async def recorded(session: AsyncSession, subject: Subject, about: UUID) -> AsyncIterator[None]:
    """`about`: a line that the subject's tenant has sent, or an amount that is owed back to it; the database refuses
    anything else. Within the block the transaction stands where the case is now; afterwards it reaches no more than
    before. A refusal inside undoes the block."""
    known = set(session)
    async with session.begin_nested():
        await session.execute(MOVED, {"about": about})
        yield
        await session.flush()
        await set_scope(session, subject.scope, instant(session))
        await session.execute(OVER)
    for one in set(session) - known:
        session.expunge(one)
