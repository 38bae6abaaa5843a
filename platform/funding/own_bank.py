"""What its own bank did stands in a tenant's books whatever became of the case: the case may have another holder by
now, whom the cashier who enters the answer does not see. Nothing of the case stays in the session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound

MOVED = text("select own_money_moved(:about)")
NOT_YOURS = "TJ403"
OVER = text("select own_money_over()")


@asynccontextmanager
async def recorded(session: AsyncSession, about: UUID) -> AsyncIterator[None]:
    """`about`: a line that the session's tenant has sent, or an amount that is owed back to it; the database refuses
    anything else. Within the block the rows of that one case may be read and written, by a relation that the database
    makes, takes away again and refuses to commit; the scope stays the session's own. A refusal undoes the block."""
    known = set(session)
    async with session.begin_nested():
        await _moved(session, about)
        try:
            yield
        except NoResultFound:  # whoever is kept away from the case stays so, whatever the books say
            raise NotFound from None
        await session.flush()
        await session.execute(OVER)
    for one in set(session) - known:
        session.expunge(one)


async def _moved(session: AsyncSession, about: UUID) -> None:
    """Raises NotFound for what is not the caller's, or not any more: somebody was at it at the same moment."""
    try:
        await session.execute(MOVED, {"about": about})
    except DBAPIError as refused:
        if str(getattr(refused.orig, "sqlstate", "")) != NOT_YOURS:
            raise
        raise NotFound from None
