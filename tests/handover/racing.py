"""Two acts on one case at the same moment: both wait at the case's own row, in a known order, until it is let go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.store import Store
from tests.world import World

HOLD = text("select from cases where id = :case for update")
AGAIN = text("select pg_stat_clear_snapshot()")
BLOCKED = text("""
    select count(*) from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0
""")
Act = Callable[[], Awaitable[object]]
LONG = 20


async def raced(world: World, held: UUID | int, acts: Sequence[Act], hold: TextClause = HOLD) -> list[object]:
    """What each returned or raised; the server lets them on in the order given. `hold`: another row than the case's."""
    guard = Store(world.owner_url, world.clock, pool_size=1)
    try:
        async with guard.anonymous() as holding:
            await holding.execute(hold, {"case": held})
            started = [await waiting(holding, act, ahead) for ahead, act in enumerate(acts)]
        outcomes: list[object] = await asyncio.gather(*started, return_exceptions=True)
        return outcomes
    finally:
        await guard.close()


async def waiting(holding: AsyncSession, act: Act, ahead: int) -> asyncio.Task[Any]:
    """The act has begun and waits for a lock, behind those that wait already."""

    async def run() -> object:
        return await act()

    task = asyncio.create_task(run())
    async with asyncio.timeout(LONG):
        while (await holding.execute(BLOCKED)).scalar_one() <= ahead:
            assert not task.done(), task.exception()
            await holding.execute(AGAIN)
    return task
