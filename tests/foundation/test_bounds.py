"""A transaction begins with its scope and commits with what it writes last; what breaks there is told as ever."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import direct, late
from foundation.bounds import BEGIN, BoundsConnection
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.lost import is_lost
from foundation.outbox import publish
from foundation.store import Scope, Store, instant, set_scope

HERE, THERE = Scope(7, UUID(int=9)), Scope(8, None)
TENANT = "select current_setting('app.tenant', true)"


@pytest.fixture
async def store(endpoints: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(endpoints.app, clock, pool_size=1)
    yield opened
    await opened.close()


async def tenant(session: AsyncSession) -> str:
    ((told,),) = await direct.fetch(session, TENANT)
    return str(told)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever goes to the server without values."""
    texts: list[str] = []
    send = BoundsConnection.__mro__[1].execute

    async def noting(self: Any, query: str, *args: Any, **options: Any) -> str:
        texts.append(query)
        return str(await send(self, query, *args, **options))

    monkeypatch.setattr(BoundsConnection.__mro__[1], "execute", noting)
    return texts


async def test_the_scope_goes_with_the_begin(store: Store, sent: list[str]) -> None:
    async with store.scoped(HERE):
        pass
    sent.clear()
    async with store.scoped(HERE) as session:
        assert await tenant(session) == "7"
    opening, ending = sent
    assert opening.startswith(f"{BEGIN} select set_config('app.tenant', '7', true)")
    assert ending.startswith("COMMIT")


async def test_the_next_transaction_of_the_connection_has_nothing_of_it(store: Store) -> None:
    for scope, found in ((HERE, "7"), (THERE, "8"), (HERE, "7")):
        async with store.scoped(scope) as session:
            assert await tenant(session) == found
    async with store.anonymous() as session:
        assert await tenant(session) == ""


async def test_a_transaction_that_has_begun_is_bound_anew(store: Store) -> None:
    async with store.scoped(HERE) as session:
        await set_scope(session, THERE, instant(session))
        assert await tenant(session) == "8"


async def test_a_savepoint_is_no_beginning(store: Store) -> None:
    async with store.scoped(HERE) as session:
        async with session.begin_nested():
            assert await tenant(session) == "7"
        assert await tenant(session) == "7"


async def test_a_connection_lost_meanwhile_is_told_as_lost_and_not_used_again(store: Store) -> None:
    async with store.scoped(HERE) as session:
        ((process,),) = await direct.fetch(session, "select pg_backend_pid()")
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        assert driver is not None
    driver._transport.abort()
    with pytest.raises(DBAPIError) as cut:
        async with store.scoped(HERE):
            raise AssertionError("begun")
    assert is_lost(cut.value)
    async with store.scoped(HERE) as session:
        ((other,),) = await direct.fetch(session, "select pg_backend_pid()")
    assert other != process


async def test_a_beginning_that_is_refused_leaves_no_transaction_behind(store: Store) -> None:
    async with AsyncSession(store.engine) as session:
        with pytest.raises(DBAPIError):
            await direct.open_with(session, "select no_such_function()")
    async with store.scoped(HERE) as session:
        assert await tenant(session) == "7"


@pytest.mark.parametrize("level", ["REPEATABLE READ", "AUTOCOMMIT"])
async def test_who_begins_in_other_words_leaves_nothing_for_the_next(store: Store, level: str) -> None:
    async with store.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level=level)
        await connection.exec_driver_sql("select 1")
    for scope, found in ((HERE, "7"), (THERE, "8")):
        async with store.scoped(scope) as session:
            assert await tenant(session) == found
    async with store.engine.connect() as plain:
        told = await plain.exec_driver_sql(TENANT)
        assert told.scalar_one() in (None, "")


async def test_what_is_written_last_goes_with_the_commit(store: Store, sent: list[str]) -> None:
    """Whatever its words: a quote, a backslash, the language's own marks."""
    words = "O'Brien \\' ; $1 \\\\ 调解 $$"
    for _ in range(2):
        async with store.scoped(HERE) as session:
            await publish(session, "test.told", words=words)
            sent.clear()
    (ending,) = sent
    assert ending.startswith("execute closing_0('") and ending.endswith("; COMMIT;")


async def test_a_commit_refused_by_what_goes_with_it_keeps_nothing_and_the_connection_goes_on(store: Store) -> None:
    async with store.scoped(HERE) as session:
        ((process,),) = await direct.fetch(session, "select pg_backend_pid()")
    with pytest.raises(DBAPIError) as refused:
        async with store.scoped(HERE) as session:
            await publish(session, "test.first")
            late.note(session, [(late.Part("wrong", "select 1 / (jsonb_array_length({rows}) - 1)", calls=True), {})])
    assert not is_lost(refused.value)
    async with store.scoped(THERE) as session:
        ((same,),) = await direct.fetch(session, "select pg_backend_pid()")
        assert (same, await tenant(session)) == (process, "8")


async def test_what_was_to_go_with_a_commit_does_not_go_with_the_next(store: Store, sent: list[str]) -> None:
    with pytest.raises(LookupError):
        async with store.scoped(HERE) as session:
            await publish(session, "test.told")
            await late.write_noted(session)
            raise LookupError
    sent.clear()
    async with store.scoped(HERE):
        pass
    assert sent[-1] == "COMMIT;"
