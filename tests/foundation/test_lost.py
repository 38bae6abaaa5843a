"""A connection that was lost or never came about is told from everything else, however the driver puts it."""

from pathlib import Path

import asyncpg
import pytest
from asyncpg import exceptions
from sqlalchemy.exc import DBAPIError

from foundation.clock import FrozenClock
from foundation.database_refusals import Busy, named_refusal
from foundation.endpoints import Endpoints
from foundation.lost import connect, is_lost
from foundation.store import Scope, Store
from tests.conftest import NOON

LOST = [
    exceptions.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    exceptions.ClientCannotConnectError("FileNotFoundError"),
    exceptions.CannotConnectNowError("the database system is starting up"),
    exceptions.AdminShutdownError("terminating connection due to administrator command"),
    exceptions.InternalClientError("got result for unknown protocol state 3"),
    exceptions.InterfaceError("cannot call Transaction.commit(): the underlying connection is closed"),
    ConnectionResetError("Connection reset by peer"),
    ExceptionGroup("Exceptions occurred during cleanup of dependencies", [LookupError(), BrokenPipeError()]),
]
OTHERS = [
    exceptions.UndefinedTableError("no such table"),
    exceptions.QueryCanceledError("canceling statement due to user request"),
    exceptions.InterfaceError("cursor: the prepared statement is closed"),
    FileNotFoundError("somebody's file"),
    ExceptionGroup("two", [LookupError(), KeyError()]),
]


@pytest.mark.parametrize("error", LOST)
def test_what_is_lost_is_busy_whether_the_driver_says_so_or_sqlalchemy_after_it(error: Exception) -> None:
    wrapped, translated = DBAPIError("select", None, error), RuntimeError()
    translated.__cause__ = error
    for said in (error, wrapped, DBAPIError("select", None, translated)):
        assert is_lost(said)
        refusal = named_refusal(said)
        assert isinstance(refusal, Busy)
        assert refusal.retry_after


@pytest.mark.parametrize("error", OTHERS)
def test_a_defect_is_not_hidden_behind_a_lost_connection(error: Exception) -> None:
    assert not is_lost(error)
    assert named_refusal(error) is None
    assert not is_lost(DBAPIError("select", None, error))


async def test_a_socket_that_is_not_there_is_no_missing_file(tmp_path: Path) -> None:
    with pytest.raises(asyncpg.ClientCannotConnectError):
        await connect(host=str(tmp_path), user="nobody", database="nothing")


async def test_the_store_names_a_server_that_is_not_there(tmp_path: Path, clock: FrozenClock) -> None:
    store = Store(f"postgresql+asyncpg://nobody@/nothing?host={tmp_path}", clock)
    with pytest.raises(DBAPIError) as written:
        async with store.anonymous():
            raise AssertionError("connected")
    with pytest.raises(DBAPIError) as read:
        async with store.reading(Scope(1, None)):
            raise AssertionError("connected")
    await store.close()
    assert is_lost(written.value) and is_lost(read.value)


async def test_every_way_to_the_database_names_a_connection_cut_under_it(endpoints: Endpoints) -> None:
    """Also while the transaction is being ended."""
    store = Store(endpoints.app, FrozenClock(NOON), pool_size=1)
    cut = "select pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(DBAPIError) as read:
        async with store.reading(Scope(1, None)) as reading:
            await reading.fetch(cut)
    with pytest.raises(DBAPIError) as asked:
        await store.ask(f"{cut} where $1::text is not null")
    with pytest.raises(DBAPIError) as written:
        async with store.anonymous() as session:
            driver = (await (await session.connection()).get_raw_connection()).driver_connection
            assert driver is not None
            driver.terminate()
    await store.close()
    assert all(is_lost(error.value) for error in (read, asked, written))
