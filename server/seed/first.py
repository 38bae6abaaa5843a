"""Filling with fictitious cases: what `tiaojie run` does once on an empty database, and `tiaojie seed` on demand."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from random import Random

import asyncpg

from foundation.cipher import Keyring
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.settings import Settings
from foundation.working_days import Calendar
from server.catalogue import catalogue
from server.parts import use_field_keys
from server.seed import light as lights
from server.seed.ahead import ahead, portions
from server.seed.copying import loading
from server.seed.light import Maker, moments
from server.seed.numbering import Numbers
from server.seed.stations import load_stations
from server.seed.story import casting
from server.seed.story.casting import TOLD, Caster
from server.seed.story.chain import Chains

PORTION, STORIES = 10_000, 1_000
LEAST_FRESH = 2
"""Stories told anew for each portion of a large fill; a small one has more of them."""
STORY_YEARS, STORY_GROWTH = 2, 2.0
LIGHT_ROWS, FULL_ROWS = 4, 130
"""Of a case, about."""
SEED = 1
Done = Callable[[int], None]


def seed_when_empty(settings: Settings, endpoints: Endpoints, progress: Callable[[str], None]) -> None:
    """The first fill, in the numbers that the settings give. Call it where no event loop runs."""
    light, full = settings.seed_light, settings.seed_full
    if not light + full or not asyncio.run(is_empty(endpoints.owner)):
        return
    progress(f"正在生成虚构案件 / making fictitious cases: {light} + {full}")
    ring = use_field_keys(settings).held()
    asyncio.run(seed(endpoints.owner, ring, SystemClock().now(), light=light, full=full, number=SEED))


async def is_empty(owner_url: str) -> bool:
    """Whether there is no case yet."""
    return await count(owner_url, limit=1) == 0


async def count(owner_url: str, limit: int | None = None) -> int:
    """How many cases there are, at most `limit`."""
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        found: int = await connection.fetchval("select count(*) from (select from cases limit $1) found", limit)
    finally:
        await connection.close()
    return found


async def seed(
    owner_url: str,
    keyring: Keyring,
    now: datetime,
    *,
    light: int,
    full: int,
    number: int,
    done: Done = lambda cases: None,
) -> None:
    """Added to what is there, all or nothing. The same `number` makes the same cases on an empty database.

    `done` hears of each portion; indexes that were put off are built after the last one.
    """
    tables = [table.name for table in casting.tables()] + ["audit_log"] if full else list(lights.TABLES)
    there = await count(owner_url)
    async with loading(owner_url, tables, rows=light * LIGHT_ROWS + full * FULL_ROWS) as load:
        connection = load.connection
        random = Random(f"{number}:{there}")
        stations = await load_stations(connection, random)
        numbers = await Numbers.load(connection)
        maker = Maker(random, stations, numbers, keyring, now)
        async for portion in ahead(maker.make(some) for some in portions(moments(random, light, now), PORTION)):
            await lights.store(load, portion)
            done(len(portion.cases))
        chains, days_off = await Chains.load(connection), await _days_off(connection)
        filed = moments(random, full, now, years=STORY_YEARS, growth=STORY_GROWTH)
        fresh = min(TOLD, max(LEAST_FRESH, 2 * TOLD * STORIES // max(full, 1)))
        caster = Caster(random, stations, numbers, chains, keyring, catalogue(), now, days_off, fresh)
        async for batch in ahead(caster.cast(some) for some in portions(filed, STORIES)):
            await casting.store(load, batch)
            done(batch.cases)
        await chains.keep(connection)
        await numbers.keep(connection)


async def _days_off(connection: asyncpg.Connection) -> Calendar:
    """The province's own."""
    rows = await connection.fetch("select date, is_workday from calendar_days where tenant_id is null")
    return Calendar({row["date"]: row["is_workday"] for row in rows})
