"""Transactions of hot reads: scoped, read only, and nothing of one in the next."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from foundation.clock import FrozenClock
from foundation.database_refusals import Busy, named_refusal
from foundation.endpoints import Endpoints
from foundation.store import NOW, Scope, ScopeMissing, Store

SCOPE = Scope(7, UUID(int=9))
SETTINGS = """select current_setting('app.tenant', true), current_setting('app.person', true),
    current_setting('app.now', true), current_setting('app.cases', true)"""
WHO = "select pg_backend_pid()"


@pytest.fixture
async def store(endpoints: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(endpoints.app, clock, pool_size=1)
    yield opened
    await opened.close()


async def test_a_reading_runs_in_its_scope_and_instant(store: Store, clock: FrozenClock) -> None:
    async with store.reading(SCOPE) as reading:
        assert tuple((await reading.fetch(SETTINGS))[0]) == ("7", str(SCOPE.person_id), clock.now().isoformat(), "on")


async def test_the_next_user_of_a_connection_finds_nothing_of_the_last(store: Store) -> None:
    async with store.reading(SCOPE) as reading:
        before = (await reading.fetch(WHO))[0][0]
    row = (await store.ask(f"select {WHO.removeprefix('select ')}, x.* from {NOW}, ({SETTINGS}) x"))[0]
    assert row[0] == before
    assert [value or "" for value in (row[1], row[2], row[4])] == ["", "", ""]


async def test_nobody_reads_without_a_scope(store: Store) -> None:
    with pytest.raises(ScopeMissing):
        async with store.reading(Scope(None, None)):
            pass


async def test_a_reading_can_not_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match="read-only"):
        async with store.reading(SCOPE) as reading:
            await reading.fetch("insert into outbox (id, topic) values (gen_random_uuid(), 'x')")
    async with store.reading(SCOPE) as reading:
        assert (await reading.fetch("select 1"))[0][0] == 1


async def test_an_error_inside_leaves_the_connection_clean_for_the_next(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.reading(SCOPE):
            raise LookupError
    async with store.reading(Scope(8, None)) as reading:
        assert (await reading.fetch(SETTINGS))[0][0] == "8"
    assert store.in_use() == 0


async def test_one_who_gives_up_waiting_leaves_the_connection_clean(store: Store) -> None:
    async def slow() -> None:
        async with store.reading(SCOPE) as reading:
            await reading.fetch("select pg_sleep(30)")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slow(), timeout=0.1)
    async with store.reading(SCOPE) as reading:
        assert (await reading.fetch("select 1"))[0][0] == 1
    assert store.in_use() == 0


async def test_a_lost_connection_is_named_and_the_next_attempt_gets_a_new_one(store: Store) -> None:
    with pytest.raises(DBAPIError) as lost:
        async with store.reading(SCOPE) as reading:
            await reading.fetch("select pg_terminate_backend(pg_backend_pid())")
    assert isinstance(named_refusal(lost.value), Busy)
    async with store.reading(SCOPE) as reading:
        assert (await reading.fetch("select 1"))[0][0] == 1
