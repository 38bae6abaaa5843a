"""Hot reads straight on the driver: a scoped transaction without SQLAlchemy's session (decision 0018).

Connections hold nothing between transactions: the scope is set for the transaction alone.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError

from foundation.endpoints import asyncpg_dsn
from foundation.lost import connect

KEPT = {"statement_cache_size": 300, "max_cached_statement_lifetime": 0, "max_cacheable_statement_size": 0}
"""What a connection keeps prepared: one statement for each shape of a list, one for each set of facts; of any age and
length."""


class Reading:
    """What may be asked in one transaction; its scope was set when it began."""

    __slots__ = ("_driver",)

    def __init__(self, driver: asyncpg.Connection) -> None:
        self._driver = driver

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        """All rows of a prepared statement."""
        with refused():
            rows: Sequence[Any] = await self._driver.fetch(sql, *values)
        return rows


class Readings:
    """The connections of hot reads, opened as they are needed, the last one used first. One per process.

    The driver's own pool shields and resets each release, which takes as long as a short statement.
    """

    def __init__(self, url: str, size: int, server_settings: dict[str, str]) -> None:
        self._dsn, self._settings = asyncpg_dsn(url), server_settings
        self._room = asyncio.Semaphore(size)
        self._idle: list[asyncpg.Connection] = []
        self._taken = 0

    @asynccontextmanager
    async def transaction(self, begin: str) -> AsyncIterator[Reading]:
        """`begin` is the text that opens it and sets its scope: one round trip."""
        async with self._connection() as driver:
            with refused():
                await driver.execute(begin)
            try:
                yield Reading(driver)
            finally:  # there is nothing to keep, whether it went well or not
                if not driver.is_closed():
                    with refused():
                        await driver.execute("rollback")

    async def ask(self, sql: str, *values: Any) -> Sequence[Any]:
        """One statement that is its own transaction."""
        async with self._connection() as driver:
            return await Reading(driver).fetch(sql, *values)

    def in_use(self) -> int:
        return self._taken

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        async with self._room:
            with refused():
                driver = self._kept() or await self._connect()
            self._taken += 1
            try:
                yield driver
            finally:
                self._taken -= 1
                if driver.is_in_transaction():  # something went wrong on the way out: what it holds is not known
                    driver.terminate()
                if not driver.is_closed():
                    self._idle.append(driver)

    def _kept(self) -> asyncpg.Connection | None:
        while self._idle:
            if not (driver := self._idle.pop()).is_closed():
                return driver
        return None

    async def _connect(self) -> asyncpg.Connection:
        return await connect(self._dsn, server_settings=self._settings, **KEPT)


REFUSED = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)
"""What the driver raises."""


def as_sqlalchemy(error: BaseException) -> DBAPIError:
    """A refusal of the database is SQLAlchemy's error here too: `database_refusals` knows it. Never with values."""
    return DBAPIError("a hot read", None, error)


@contextmanager
def refused() -> Iterator[None]:
    """Turns them into it."""
    try:
        yield
    except REFUSED as error:
        raise as_sqlalchemy(error) from error
