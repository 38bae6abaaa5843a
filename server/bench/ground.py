"""The database that is measured: an embedded one of the benches' own, seeded once for each size and kept for repeats.

Benches register cases and hand them over, so a deployment's own database is measured only on its operator's word.
"""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir

import asyncpg
import click
from msgspec import Struct

from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed

FULL = 200
"""Cases with their whole history among them: their pages are the long ones."""
SEED = 1


class Options(Struct, frozen=True):
    """`here`: this deployment's own database instead of one of `cases` cases under `folder`."""

    cases: int
    here: bool = False
    folder: Path = Path(gettempdir()) / "tiaojie-bench"


class Ground(Struct, frozen=True):
    settings: Settings
    endpoints: Endpoints
    cases: int


@contextmanager
def ground(options: Options) -> Iterator[Ground]:
    """Servers that run, a schema that is up to date, at least so many cases. Call it where no event loop runs."""
    settings = load_settings(os.environ) if options.here else _own(options)
    with servers(settings, _say) as endpoints:
        use_field_keys(settings)
        bring_up_to_date(endpoints, _say)
        fill(endpoints, _say)
        there = asyncio.run(count(endpoints.owner))
        if not options.here and there < options.cases:
            there = _seed(settings, endpoints, options.cases - there)
        yield Ground(settings, endpoints, there)


async def count(owner_url: str) -> int:
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        return int(await connection.fetchval("select count(*) from cases"))
    finally:
        await connection.close()


def _own(options: Options) -> Settings:
    folder = options.folder / str(options.cases)
    folder.mkdir(parents=True, exist_ok=True)
    for each in (options.folder, folder):
        each.chmod(0o711)
    return load_settings({"TIAOJIE_DATA": str(folder / "data")})


def _seed(settings: Settings, endpoints: Endpoints, missing: int) -> int:
    _say(f"正在生成虚构案件 / making {missing:,} fictitious cases")
    ring = use_field_keys(settings).held()
    full = min(FULL, missing)
    now = SystemClock().now()
    asyncio.run(seed(endpoints.owner, ring, now, light=missing - full, full=full, number=SEED))
    asyncio.run(_settle(endpoints.owner))
    return asyncio.run(count(endpoints.owner))


async def _settle(owner_url: str) -> None:
    """What a server does by itself in the hours after a load: statistics and the map of visible pages."""
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


def _say(text: str) -> None:
    click.echo(text, err=True)
