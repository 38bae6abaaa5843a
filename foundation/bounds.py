"""A transaction begins together with what binds it to a scope and commits together with what it writes last.

Two round trips less for every request; and what is locked last of all, the heads of audit chains, is free again as
soon as the server has written, not when the client has found time to say so.

SQLAlchemy would begin with its first statement, and the driver with a text of its own. Here it begins at once, as the
dialect may have it, and the driver's connection sends along what waits to be sent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import asyncpg
from sqlalchemy import URL, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.util import await_only

BEGIN, COMMIT, ROLLBACK = "BEGIN;", "COMMIT;", "ROLLBACK;"
"""The driver's own texts, the first for a transaction with the server's usual isolation."""
_waiting: ContextVar[list[str]] = ContextVar("waiting", default=[])  # noqa: B039  nobody adds to the empty one


class BoundsConnection(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
    """Sends `opening` along with the next BEGIN, and `closing` with the COMMIT of the same transaction; each once."""

    opening = closing = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._named: dict[str, Any] = {}

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        if query == BEGIN and self.opening:
            query, self.opening = f"{BEGIN} {self.opening}", ""
        elif query == COMMIT and self.closing:
            query, self.closing = f"{self.closing}; {COMMIT}", ""
        elif query == ROLLBACK:
            self.closing = ""
        try:
            return str(await super().execute(query, *args, timeout=timeout))
        except asyncpg.PostgresError:
            await self._set_right(query)
            raise

    async def close_with(self, sql: str, *values: str) -> None:
        """Before the commit runs `sql`, whose $1, $2 … are told by their texts; it is prepared once a connection."""
        if sql not in self._named:
            self._named[sql] = await self.prepare(sql, name=f"closing_{len(self._named)}")
        self.closing = f"execute {self._named[sql].get_name()}({', '.join(map(_quoted, values))})"

    async def _set_right(self, query: str) -> None:
        """Refused before the commit: as far as SQLAlchemy knows it is over. Begun, then refused: it never began, and
        the driver would take the next for a part of it; what SQLAlchemy finds closed it forgets."""
        if self.is_closed():
            return
        if query.startswith(BEGIN):
            self.terminate()
        elif query.endswith(COMMIT) and self.is_in_transaction():
            await super().execute(ROLLBACK)


class BoundsDialect(PGDialect_asyncpg):
    """An error on the way is SQLAlchemy's to judge, as with any statement: a lost connection empties the pool."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        if waiting := _waiting.get():
            adapted: Any = dbapi_connection.dbapi_connection
            driver: BoundsConnection = adapted.driver_connection
            driver.opening = waiting.pop()
            try:
                await_only(adapted._start_transaction())  # what the dialect itself calls before a first statement
            finally:
                if driver.opening:  # it began in other words: whoever waits sends it by itself
                    waiting.append(driver.opening)
                    driver.opening = ""


registry.register("postgresql.bounds", __name__, BoundsDialect.__name__)


def bounds_url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+bounds")


def open_with(session: Session, sql: str) -> None:
    """Begin the session's transaction with `sql`, which takes no values; one that has begun runs it now."""
    with _waits(sql) as waiting:
        connection = session.connection()
        if waiting:
            connection.exec_driver_sql(waiting.pop())


@contextmanager
def _waits(sql: str) -> Iterator[list[str]]:
    token = _waiting.set(waiting := [sql])
    try:
        yield waiting
    finally:
        _waiting.reset(token)


def _quoted(value: str) -> str:
    """As a literal, by the standard's rules, which every connection of the store asks for."""
    return "'" + value.replace("'", "''") + "'"
