"""What one look of the deadlines job takes when 500 terms become due at once, and when nothing does."""

import asyncio
from datetime import datetime, timedelta
from functools import partial

import asyncpg

from cases.relations import CaseRelations
from foundation.clock import FrozenClock, SystemClock
from foundation.endpoints import asyncpg_dsn
from foundation.store import Store
from oversight.deadlines import BATCH, look_at_what_is_due
from policies.start import open_gate
from server import memory
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed
from server.recurring import mark_overdue, system_subject
from tenants.subject import Subject

ROUNDS = 7
A_MINUTE = timedelta(minutes=1)

BECOME_DUE = """
update timers set due_at = $1, overdue_at = null where id in (
    select id from timers where done_at is null and paused_at is null order by random() limit $2)
returning id"""
"""Of cases all over the province. A day that moves on begins anew, so that it may be done again and again."""


def measure(options: Options) -> Report:
    with ground(options) as there:
        return asyncio.run(_measure(there))


async def _measure(there: Ground) -> Report:
    clock = FrozenClock(SystemClock().now())
    store = Store(there.endpoints.app, clock, pool_size=2)
    owner = await asyncpg.connect(asyncpg_dsn(there.endpoints.owner))
    try:
        await open_gate(store, CaseRelations())
        subject = await system_subject(store, "system.deadlines")
        if subject is None:
            raise RuntimeError("there is no tree")
        await mark_overdue(store)
        memory.settle()  # as the worker does
        await owner.execute("vacuum analyze deadlines")
        tally = Tally()
        tally.seconds[f"{BATCH}_overdue"] = [await _overdue(store, subject, clock, owner) for _ in range(ROUNDS)]
        tally.seconds["nothing_due"] = await timed(partial(mark_overdue, store), 20)
        return tally.report("deadlines", there.cases)
    finally:
        await owner.close()
        await store.close()


async def _overdue(store: Store, subject: Subject, clock: FrozenClock, owner: asyncpg.Connection) -> float:
    """Seconds of the look that finds them overdue; that they come was told in the one before."""
    due: datetime = clock.now() + A_MINUTE
    found = await owner.fetch(BECOME_DUE, due, BATCH)
    if len(found) < BATCH:
        raise RuntimeError(f"only {len(found)} terms could become due")
    await mark_overdue(store)
    clock.advance(seconds=A_MINUTE.total_seconds() + 1)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with store.scoped(subject.scope) as session:
        looked = await look_at_what_is_due(session, subject)
    taken = loop.time() - began
    if looked.overdue != BATCH:
        raise RuntimeError(f"{looked.overdue} of {BATCH} were marked")
    return taken
