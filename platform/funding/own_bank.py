"""What its own bank did stands in a tenant's books whatever became of the case: the case may have another holder by
now, whom the cashier who enters the answer does not see. Nothing of the case stays in the session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

MOVED = text("select own_money_moved(:about)")
OVER = text("select own_money_over()")


@asynccontextmanager
async def recorded(session: AsyncSession, about: UUID) -> AsyncIterator[None]:
    """`about`: a line that the session's tenant has sent, or an amount that is owed back to it; the database refuses
    anything else. Within the block the rows of that one case may be read and written, by a relation that the database
    makes, takes away again and refuses to commit; the scope stays the session's own. A refusal undoes the block."""
    known = set(session)
    async with session.begin_nested():
        await session.execute(MOVED, {"about": about})
        yield
        await session.flush()
        await session.execute(OVER)
    for one in set(session) - known:
        session.expunge(one)
