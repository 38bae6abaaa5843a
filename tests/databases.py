"""Databases of a test run: one migrated template, a clone for each worker, a clone for whoever asks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg

from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.provision import admit
from migrations.run import upgrade

ACT_AS_APPLICATION = "grant tiaojie_app to current_user with set true, inherit false"
"""So that the owner can ask as the application; here, once, since two who grant at a time wait for one another."""
LOCK = 0x74657374
"""Workers of one run, and runs on one server, take turns at making the template."""
CUT_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = $1 and pid <> pg_backend_pid() and pg_has_role(usesysid, 'usage')
"""
"""The owner's own connections; it may not end those of other roles, which end with their test's `Store`."""


def make_template(servers: Endpoints, name: str) -> None:
    """Create and migrate `name` unless a worker of the same run has done it."""
    asyncio.run(_make_template(servers, name))


def clone(servers: Endpoints, template: str, name: str) -> None:
    """A new database `name`, equal to `template`."""
    asyncio.run(_clone(servers, template, name))


def drop(servers: Endpoints, name: str) -> None:
    """Remove `name`; what is still connected to it is cut off."""
    asyncio.run(_drop(servers, name))


def unique(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:12]}"


def redis_number(worker: str) -> int:
    """1 to 7 for a worker's own database, 8 to 14 for its tests' fresh ones: a usual Redis has 16."""
    return 1 + (int(worker.removeprefix("gw")) if worker.startswith("gw") else 0) % 7


async def _make_template(servers: Endpoints, name: str) -> None:
    async with _in_turn(servers) as connection:
        if await connection.fetchval("select 1 from pg_database where datname = $1", name):
            return
        draft = unique("draft")
        await connection.execute(f'create database "{draft}"')
        try:
            await admit(connection, draft)
            await asyncio.to_thread(upgrade, servers.on_database(draft).owner)
            await connection.execute(ACT_AS_APPLICATION)
            await connection.execute(f'alter database "{draft}" rename to "{name}"')
        finally:
            await _drop_on(connection, draft)


async def _clone(servers: Endpoints, template: str, name: str) -> None:
    async with _in_turn(servers) as connection:
        await _copy(connection, template, name)


async def _copy(connection: asyncpg.Connection, template: str, name: str) -> None:
    """Its files as they are: through the server's log, as is usual, it takes twice as long in memory."""
    await connection.execute(f'create database "{name}" template "{template}" strategy file_copy')
    await admit(connection, name)


async def _drop(servers: Endpoints, name: str) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(servers.owner))
    try:
        await _drop_on(connection, name)
    finally:
        await connection.close()


async def _drop_on(connection: asyncpg.Connection, name: str) -> None:
    """FORCE refuses where an autovacuum worker is at work, which is the superuser's, and then cuts off nobody.

    A plain drop sends the worker away and waits five seconds for everybody else to be gone.
    """
    await connection.execute(CUT_OFF, name)
    await connection.execute(f'drop database if exists "{name}"')


@asynccontextmanager
async def _in_turn(servers: Endpoints) -> AsyncIterator[asyncpg.Connection]:
    """A template admits no connection while it is made or copied."""
    connection = await asyncpg.connect(asyncpg_dsn(servers.owner))
    try:
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        yield connection
    finally:
        await connection.close()


def make_filled_template(servers: Endpoints, template: str, name: str, fill: Callable[[Endpoints], None]) -> None:
    """A second template `name`: a clone of `template` with what `fill` puts in; made once in a run."""
    asyncio.run(_make_filled_template(servers, template, name, fill))


async def _make_filled_template(
    servers: Endpoints, template: str, name: str, fill: Callable[[Endpoints], None]
) -> None:
    async with _in_turn(servers) as connection:
        if await connection.fetchval("select 1 from pg_database where datname = $1", name):
            return
        draft = unique("draft")
        try:
            await _copy(connection, template, draft)
            await asyncio.to_thread(fill, servers.on_database(draft))
            await connection.execute(f'alter database "{draft}" rename to "{name}"')
        finally:
            await _drop_on(connection, draft)
