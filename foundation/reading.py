"""Hot reads straight on the driver: a scoped transaction without SQLAlchemy's session (decision 0018).

The pool's connections hold nothing between transactions: the scope is set for the transaction alone.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy.exc import DBAPIError

from foundation.endpoints import asyncpg_dsn

KEPT = 300
"""Statements that a connection keeps prepared: one for each shape of a list."""
Driver: TypeAlias = "asyncpg.Connection | asyncpg.pool.PoolConnectionProxy"


class Reading:
    """What may be asked in one transaction; its scope was set when it began."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    async def fetch(self, sql: str, *values: Any) -> Sequence[Any]:
        """All rows of a prepared statement."""
        with _as_sqlalchemy():
            rows: Sequence[Any] = await self._driver.fetch(sql, *values)
        return rows


class Readings:
    """The driver's own pool, filled as it is needed. One per process."""

    def __init__(self, url: str, size: int, server_settings: dict[str, str]) -> None:
        self._dsn, self._size, self._settings = asyncpg_dsn(url), size, server_settings
        self._pool: asyncpg.Pool | None = None

    @asynccontextmanager
    async def transaction(self, begin: str) -> AsyncIterator[Reading]:
        """`begin` is the text that opens it and sets its scope: one round trip."""
        async with self._connection() as driver:
            with _as_sqlalchemy():
                await driver.execute(begin)
            try:
                yield Reading(driver)
            finally:  # there is nothing to keep, whether it went well or not
                if not driver.is_closed():
                    await driver.execute("rollback")

    async def ask(self, sql: str, *values: Any) -> Sequence[Any]:
        """One statement that is its own transaction."""
        async with self._connection() as driver:
            return await Reading(driver).fetch(sql, *values)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Driver]:
        pool = await self._opened()
        with _as_sqlalchemy():
            driver = await pool.acquire()
        try:
            yield driver
        finally:
            await pool.release(driver)

    def in_use(self) -> int:
        return 0 if self._pool is None else self._pool.get_size() - self._pool.get_idle_size()

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _opened(self) -> asyncpg.Pool:
        if self._pool is None:
            self._pool = asyncpg.create_pool(
                self._dsn,
                min_size=0,
                max_size=self._size,
                reset=_keep_all,
                statement_cache_size=KEPT,
                max_cached_statement_lifetime=0,
                server_settings=self._settings,
            )
        return await self._pool  # the first caller initialises it; with min_size 0 nothing is waited for


@contextmanager
def _as_sqlalchemy() -> Iterator[None]:
    """A refusal of the database is SQLAlchemy's error here too: `database_refusals` knows it. Never with values."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise DBAPIError("a hot read", None, error) from error


async def _keep_all(driver: asyncpg.Connection) -> None:
    """Instead of the driver's reset, a round trip more: a scope ends with its transaction, nothing else is set."""
