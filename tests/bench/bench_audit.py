"""What the audit costs: a link against a plain row, and proving a hundred thousand links."""

import asyncio
import sys
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

COMMITS, LINKS, TENANTS, BATCH = 2_000, 100_000, 50, 500
RATE_LIMIT, VERIFY_LIMIT = 0.5, 1.0
"""Of a plain insert's rate, each in a commit of its own; seconds (performance.md)."""
ROW = "'system.bench', null::uuid, 'case:read', 'case', '0195f0a0-0000-7000-8000-000000000000', 'done'"
PLAIN = f"insert into plain values (1, $1::bigint, now(), {ROW}, '{{}}'::jsonb, sha256(''), sha256(''))"
APPEND = f"select audit_append(1 + ($1::bigint % {TENANTS})::int, now(), {ROW}, '{{}}'::jsonb)"


async def rates(connection: asyncpg.Connection) -> tuple[float, float]:
    """Commits a second of a plain row, and of a link; in turns, so that the machine's moods hit both."""
    await connection.execute("create table plain (like audit_log including all)")
    seconds = {PLAIN: 0.0, APPEND: 0.0}
    for turn in range(10):
        for statement in seconds:
            prepared = await connection.prepare(statement)
            began = perf_counter()
            for number in range(turn * COMMITS // 10, (turn + 1) * COMMITS // 10):
                await prepared.fetchval(number)
            seconds[statement] += perf_counter() - began
    return COMMITS / seconds[PLAIN], COMMITS / seconds[APPEND]


async def lengthen(connection: asyncpg.Connection) -> None:
    """Up to LINKS, some hundred in a transaction."""
    for first in range(COMMITS, LINKS, BATCH):
        await connection.fetch(
            f"select audit_append(1 + (n % {TENANTS})::int, now(), {ROW}, '{{}}'::jsonb)"
            " from generate_series($1::int, $2::int) n",
            first,
            min(first + BATCH, LINKS) - 1,
        )
    await connection.execute("analyze audit_log")


async def proof(endpoints: Endpoints) -> float:
    """Seconds to prove all chains, the best of three."""
    store = Store(endpoints.auditor, SystemClock(), pool_size=1)
    taken = []
    for _ in range(3):
        async with store.anonymous() as session:
            began = perf_counter()
            verdict = await verify(session)
            taken.append(perf_counter() - began)
        assert verdict.sound and verdict.links == LINKS
    await store.close()
    return min(taken)


async def measure(endpoints: Endpoints) -> tuple[float, float, float]:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    plain, link = await rates(connection)
    await lengthen(connection)
    await connection.close()
    return plain, link, await proof(endpoints)


def main() -> None:
    with TemporaryDirectory(prefix="tiaojie-bench-") as folder:
        Path(folder).chmod(0o711)
        with servers(load_settings({"TIAOJIE_DATA": f"{folder}/data"}), print) as endpoints:
            upgrade(endpoints.owner)
            plain, link, proved = asyncio.run(measure(endpoints))
    print(f"plain rows a second    {plain:8.0f}")
    print(f"links a second         {link:8.0f} = {link / plain:.0%} (limit {RATE_LIMIT:.0%})")
    print(f"proving {LINKS} links  {proved:8.2f} s (limit {VERIFY_LIMIT:.0f} s)")
    sys.exit(0 if link >= plain * RATE_LIMIT and proved <= VERIFY_LIMIT else 1)


if __name__ == "__main__":
    main()
