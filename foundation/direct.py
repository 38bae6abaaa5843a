"""A statement by the driver itself within a session's own transaction: for the few that every request asks.

SQLAlchemy's own work on a statement costs more than PostgreSQL's (decision 0018). Scope and snapshot are the session's.
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value

from foundation.model import Base
from foundation.reading import as_sqlalchemy

Row = TypeVar("Row", bound=Base)


async def fetch(session: AsyncSession, sql: str, *values: Any) -> Sequence[Any]:
    """All rows of a prepared statement with $1, $2 …; what the session holds back is flushed before, as ever."""
    if session.new or session.dirty or session.deleted:
        await session.flush()
    driver = await session.run_sync(_driver)
    with as_sqlalchemy():
        rows: Sequence[Any] = await driver.fetch(sql, *values)
    return rows


def adopt(session: AsyncSession, model: type[Row], values: Any) -> Row:
    """A row with all its columns, known to the session from now on as if it had read it."""
    row = model(**dict(values))
    make_transient_to_detached(row)
    session.add(row)
    return row


def renew(row: Base, values: Any) -> None:
    """What the database made of a row that the session knows: nothing of it is held back to be written."""
    for name, value in dict(values).items():
        set_committed_value(row, name, value)


def _driver(session: Session) -> asyncpg.Connection:
    driver = session.connection().connection.driver_connection
    if driver is None or not driver.is_in_transaction():
        raise RuntimeError("a statement outside of a scoped transaction")
    return driver
