"""A large fill puts indexes and references off: they come back as they were, also when it is cut short."""

import asyncio
import re
from collections.abc import AsyncIterator

import asyncpg
import pytest

from foundation.endpoints import Endpoints, asyncpg_dsn
from server.seed import bulk
from server.seed.first import count, seed
from tests.conftest import NOON
from tests.databases import clone, drop, unique
from tests.world import KEYRING

SCHEMA = """
with ours as (select * from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
select indexdef from pg_indexes where schemaname = 'public'
union all
select concat_ws(' ', indexrelid::regclass, indisunique, indisprimary, indisvalid) from pg_index
where indrelid in (select oid from ours)
union all
select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
from pg_constraint where connamespace = 'public'::regnamespace
union all
select concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) from pg_trigger
where not tgisinternal and tgrelid in (select oid from ours)
union all
select concat_ws(' ', attrelid::regclass, attnum, attname, atttypid, attnotnull) from pg_attribute
where attnum > 0 and attrelid in (select oid from ours)
union all
select concat_ws(' ', relname, relrowsecurity, relforcerowsecurity) from ours
"""
CASTS = re.compile(r"::[a-z ]+(\[\])?|[()]")
"""PostgreSQL writes the casts in a condition in another place when it has read its own text once."""
LIGHT, FULL = 30, 60


@pytest.fixture
async def owner_url(
    running_servers: Endpoints, filled_template: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """Of a province without cases, where every fill counts as large."""
    monkeypatch.setattr(bulk, "LEAST", 1)
    name = unique("bulk")
    await asyncio.to_thread(clone, running_servers, filled_template, name)
    yield running_servers.on_database(name).owner
    await asyncio.to_thread(drop, running_servers, name)


async def schema(owner_url: str) -> list[str]:
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        return sorted(CASTS.sub("", row[0]) for row in await connection.fetch(SCHEMA))
    finally:
        await connection.close()


async def test_after_a_large_fill_the_schema_is_as_before(owner_url: str) -> None:
    before = await schema(owner_url)
    await seed(owner_url, KEYRING, NOON, light=LIGHT, full=FULL, number=1)
    assert await count(owner_url) == LIGHT + FULL
    assert await schema(owner_url) == before


async def test_a_fill_that_is_cut_short_leaves_everything_as_it_was(owner_url: str) -> None:
    class CutShort(Exception):
        pass

    def after_the_first_portion(made: int) -> None:
        raise CutShort

    before = await schema(owner_url)
    with pytest.raises(CutShort):
        await seed(owner_url, KEYRING, NOON, light=LIGHT, full=FULL, number=1, done=after_the_first_portion)
    assert await count(owner_url) == 0
    assert await schema(owner_url) == before


async def test_a_second_fill_adds_to_the_first(owner_url: str) -> None:
    for _ in range(2):
        await seed(owner_url, KEYRING, NOON, light=LIGHT, full=FULL, number=1)
    assert await count(owner_url) == 2 * (LIGHT + FULL)


@pytest.mark.parametrize("least", [1, 10**9])
async def test_after_a_fill_the_database_knows_how_large_its_counters_are(
    owner_url: str, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`reltuples` is -1 until a table is looked at; a county's goals were read slowly that long."""
    monkeypatch.setattr(bulk, "LEAST", least)
    await seed(owner_url, KEYRING, NOON, light=LIGHT, full=FULL, number=1)
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        unknown = await connection.fetch(
            "select relname::text from pg_class where reltuples < 0 and oid = any($1::regclass[])", bulk.COUNTERS
        )
        assert [row[0] for row in unknown] == []
        kept = "select relname::text from pg_class where relname like '%\\_counts' and relkind = 'r'"
        assert {row[0] for row in await connection.fetch(kept)} <= set(bulk.COUNTERS)
    finally:
        await connection.close()
