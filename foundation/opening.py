"""A transaction begins together with the statement that binds it to a scope: one round trip less for every request.

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

BEGIN = "BEGIN;"
"""The driver's own text, for a transaction with the server's usual isolation."""
_waiting: ContextVar[list[str]] = ContextVar("waiting", default=[])  # noqa: B039  nobody adds to the empty one


class OpeningConnection(asyncpg.Connection):  # type: ignore[misc]  # the driver has no types
    """Sends `opening` along with the next BEGIN, once."""

    opening = ""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        if query != BEGIN or not self.opening:
            return str(await super().execute(query, *args, timeout=timeout))
        query, self.opening = f"{BEGIN} {self.opening}", ""
        try:
            return str(await super().execute(query, timeout=timeout))
        except BaseException:
            self.terminate()  # nobody knows whether it is in a transaction: SQLAlchemy sees it closed, and forgets it
            raise


class OpeningDialect(PGDialect_asyncpg):
    """An error on the way is SQLAlchemy's to judge, as with any statement: a lost connection empties the pool."""

    supports_statement_cache = True

    def do_begin(self, dbapi_connection: DBAPIConnection) -> None:
        if waiting := _waiting.get():
            adapted: Any = dbapi_connection.dbapi_connection
            driver: OpeningConnection = adapted.driver_connection
            driver.opening = waiting.pop()
            try:
                await_only(adapted._start_transaction())  # what the dialect itself calls before a first statement
            finally:
                if driver.opening:  # it began in other words: whoever waits sends it by itself
                    waiting.append(driver.opening)
                    driver.opening = ""


registry.register("postgresql.opening", __name__, OpeningDialect.__name__)


def opening_url(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+opening")


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
