"""Filling with fictitious cases: what `tiaojie run` does once on an empty database, and `tiaojie seed` on demand."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from random import Random

import asyncpg

from foundation.cipher import Keyring
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.settings import Settings
from server.catalogue import catalogue
from server.parts import use_field_keys
from server.seed.copying import loading
from server.seed.light import TABLES, Maker, moments, store
from server.seed.numbering import Numbers
from server.seed.stations import load_stations
from server.seed.story import teller

PORTION, STORIES = 10_000, 500
STORY_YEARS, STORY_GROWTH = 2, 2.0
BULK = 50_000
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
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        return not await connection.fetchval("select exists (select from cases)")
    finally:
        await connection.close()


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
    """All or nothing. The same `number` makes the same cases on an empty database; `done` hears of each portion."""
    acts, names = catalogue(), [table.name for table in teller.tables()]
    async with loading(owner_url, names if full else TABLES, bulk=light >= BULK) as connection:
        there = await connection.fetchval("select count(*) from cases")
        random = Random(f"{number}:{there}")
        stations = await load_stations(connection, random)
        numbers = await Numbers.load(connection)
        maker = Maker(random, stations, numbers, keyring, now)
        for portion in portions(moments(random, light, now)):
            await store(connection, maker.make(portion))
            done(len(portion))
        filed = moments(random, full, now, years=STORY_YEARS, growth=STORY_GROWTH)
        for portion in portions(filed, STORIES):
            stories = [teller.tell(random, stations, numbers, moment, now) for moment in portion]
            await teller.store(connection, stories, keyring, acts)
            done(len(portion))
        await numbers.keep(connection)


def portions(all_moments: Iterator[datetime], size: int = PORTION) -> Iterator[list[datetime]]:
    while portion := list(islice(all_moments, size)):
        yield portion
