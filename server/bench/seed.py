"""What fictitious cases cost to make: light ones, and whole histories, on a database of the bench's own."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg

from foundation.clock import SystemClock
from foundation.endpoints import DATABASE, Endpoints, asyncpg_dsn
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.bench.ground import Options
from server.bench.report import Report, Tally
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed

MILLION = 1_000_000
COPY = "copy"
FULL_SHARE, MOST_FULL, FEW_SHARE = 10, 100_000, 5
"""A tenth as many whole histories: each is some 130 rows. And a fifth of those, for what more of them cost."""


def measure(options: Options) -> Report:
    """Each fill goes into an empty province of its own."""
    light, full = options.cases, min(options.cases // FULL_SHARE, MOST_FULL)
    few = full // FEW_SHARE
    with TemporaryDirectory(prefix="tiaojie-bench-") as folder:
        settings = load_settings({"TIAOJIE_DATA": str(Path(folder) / "data")})
        Path(folder).chmod(0o711)
        with servers(settings, lambda _: None) as endpoints:
            use_field_keys(settings)
            bring_up_to_date(endpoints, lambda _: None)
            fill(endpoints, lambda _: None)
            light_took = _seconds(endpoints, settings, light, 0)
            few_took = _seconds(endpoints, settings, 0, few)
            full_took = _seconds(endpoints, settings, 0, full)
    tally = Tally({"light": [light_took], "few_full": [few_took], "full": [full_took]})
    one_more = (full_took - few_took) / (full - few)
    tally.ratios["light_seconds_a_million"] = light_took / light * MILLION
    tally.ratios["full_seconds_a_million"] = full_took / full * MILLION
    tally.ratios["full_seconds_a_million_more"] = one_more * MILLION
    tally.ratios["full_seconds_before_the_first"] = full_took - one_more * full
    return tally.report("seed", light + full)


def _seconds(endpoints: Endpoints, settings: Settings, light: int, full: int) -> float:
    """In a copy of the database, which is dropped again."""
    asyncio.run(_by_owner(endpoints, f"create database {COPY} template {DATABASE}"))
    ring, owner = use_field_keys(settings).held(), endpoints.on_database(COPY).owner
    began = perf_counter()
    asyncio.run(seed(owner, ring, SystemClock().now(), light=light, full=full, number=1))
    took = perf_counter() - began
    asyncio.run(_by_owner(endpoints, f"drop database {COPY}"))
    return took


async def _by_owner(endpoints: Endpoints, statement: str) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
