"""What the audit costs: a link against a plain row, and proving a hundred thousand links."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import asyncpg

from foundation.audit_chain import verify
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.servers import servers
from foundation.settings import load_settings
from foundation.store import Store
from migrations.run import upgrade
from server.bench.ground import Options
from server.bench.report import Report, Tally

COMMITS, LINKS, TENANTS, BATCH = 2_000, 100_000, 50, 500
ROW = "'system.bench', null::uuid, 'case:read', 'case', '0195f0a0-0000-7000-8000-000000000000', 'done'"
STATEMENTS = {
    "plain_row": f"insert into plain values (1, $1::bigint, now(), {ROW}, '{{}}'::jsonb, sha256(''), sha256(''))",
    "link": f"select audit_append(1 + ($1::bigint % {TENANTS})::int, now(), {ROW}, '{{}}'::jsonb)",
}


def measure(_: Options) -> Report:
    """On a database of its own: a hundred thousand links are not put into anybody's chains."""
    with TemporaryDirectory(prefix="tiaojie-bench-") as folder:
        Path(folder).chmod(0o711)
        with servers(load_settings({"TIAOJIE_DATA": f"{folder}/data"}), lambda _: None) as endpoints:
            upgrade(endpoints.owner)
            return asyncio.run(_measure(endpoints))


async def _measure(endpoints: Endpoints) -> Report:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    tally = Tally(dict(await _commits(connection)))
    plain, link = sum(tally.seconds["plain_row"]), sum(tally.seconds["link"])
    tally.ratios |= {"links_per_second": COMMITS / link, "append_rate/plain_rate": plain / link}
    await _lengthen(connection)
    await connection.close()
    tally.seconds[f"verify_{LINKS}"] = await _proofs(endpoints)
    return tally.report("audit")


async def _commits(connection: asyncpg.Connection) -> dict[str, list[float]]:
    """Seconds of a commit with one plain row, and with one link; in turns, so that the machine's moods hit both."""
    await connection.execute("create table plain (like audit_log including all)")
    seconds: dict[str, list[float]] = {key: [] for key in STATEMENTS}
    for turn in range(10):
        for key, statement in STATEMENTS.items():
            prepared = await connection.prepare(statement)
            for number in range(turn * COMMITS // 10, (turn + 1) * COMMITS // 10):
                began = perf_counter()
                await prepared.fetchval(number)
                seconds[key].append(perf_counter() - began)
    return seconds


async def _lengthen(connection: asyncpg.Connection) -> None:
    """Up to LINKS, some hundred in a transaction."""
    for first in range(COMMITS, LINKS, BATCH):
        await connection.fetch(
            f"select audit_append(1 + (n % {TENANTS})::int, now(), {ROW}, '{{}}'::jsonb)"
            " from generate_series($1::int, $2::int) n",
            first,
            min(first + BATCH, LINKS) - 1,
        )
    await connection.execute("analyze audit_log")


async def _proofs(endpoints: Endpoints) -> list[float]:
    """Seconds to prove all chains."""
    store = Store(endpoints.auditor, SystemClock(), pool_size=1)
    taken = []
    for _ in range(3):
        async with store.anonymous() as session:
            began = perf_counter()
            verdict = await verify(session)
            taken.append(perf_counter() - began)
        if not verdict.sound or verdict.links != LINKS:
            raise RuntimeError("the chains that were just made do not verify")
    await store.close()
    return taken
