"""Statements by the driver within a session's transaction, and questions asked once while nothing is written."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import direct
from foundation.asked import once, unchanged
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Scope, Store

SCOPE = Scope(7, UUID(int=9))


@pytest.fixture
async def store(endpoints: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(endpoints.app, clock, pool_size=1)
    yield opened
    await opened.close()


async def test_it_runs_in_the_scope_and_the_transaction_of_the_session(store: Store) -> None:
    asked = "select current_setting('app.tenant', true), current_setting('app.person', true), txid_current()"
    async with store.scoped(SCOPE) as session:
        first, second = [(await direct.fetch(session, asked))[0] for _ in range(2)]
    assert tuple(first) == ("7", str(SCOPE.person_id), second[2])


async def test_without_a_transaction_nothing_is_asked(store: Store) -> None:
    async with AsyncSession(store.engine) as session:
        with pytest.raises(RuntimeError, match="outside"):
            await direct.fetch(session, "select 1")


async def test_a_refusal_of_the_database_is_the_error_that_is_known_everywhere(store: Store) -> None:
    with pytest.raises(DBAPIError):
        async with store.scoped(SCOPE) as session:
            await direct.fetch(session, "select 1 / $1::int", 0)


async def test_a_question_is_asked_once_while_nothing_is_written_and_each_time_elsewhere(store: Store) -> None:
    asked: list[int] = []

    async def ask() -> int:
        asked.append(len(asked))
        return asked[-1]

    async with store.scoped(SCOPE) as session:
        with unchanged(session):
            assert [await once(session, "a", ask), await once(session, "a", ask)] == [0, 0]
            assert await once(session, "b", ask) == 1
        assert [await once(session, "a", ask), await once(session, "a", ask)] == [2, 3]
