"""A statement by the driver itself within a session's own transaction: for the few that every request asks.

SQLAlchemy's own work on a statement costs more than PostgreSQL's (decision 0018). Scope and snapshot are the session's.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

import asyncpg
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from foundation import bounds
from foundation.model import Base
from foundation.reading import REFUSED, as_sqlalchemy, refused

Row = TypeVar("Row", bound=Base)


async def fetch(session: AsyncSession, sql: str, *values: Any) -> Sequence[Any]:
    """All rows of a prepared statement with $1, $2 …; what the session holds back is flushed before, as ever."""
    if not session.sync_session._is_clean():  # as autoflush asks
        await session.flush()
    transaction, driver = session.info.get(DRIVER, NONE)
    if driver is None or transaction is not session.sync_session.get_transaction():
        driver = await session.run_sync(_driver)
    if not driver.is_in_transaction():
        raise RuntimeError(OUTSIDE)
    try:
        rows: Sequence[Any] = await driver.fetch(sql, *values)
    except REFUSED as error:
        raise as_sqlalchemy(error) from error
    return rows


async def open_with(session: AsyncSession, sql: str) -> None:
    """Begin the transaction, if it has not begun, with a statement that takes no values, in one round trip.

    Its driver is kept: asking SQLAlchemy for it each time costs as much as a statement.
    """
    driver = await session.run_sync(_opened, sql)
    session.info[DRIVER] = (session.sync_session.get_transaction(), driver)


async def close_with(session: AsyncSession, sql: str, *values: str) -> None:
    """Commit with a statement of which nobody reads an answer, its values as text, in one round trip."""
    await session.flush()
    _, driver = session.info[DRIVER]
    if not driver.is_in_transaction():
        raise RuntimeError(OUTSIDE)
    with refused():
        await driver.close_with(sql, *values)


def adopt(session: AsyncSession, model: type[Row], values: Any) -> Row:
    """A row with all its columns, known to the session from now on as if it had read it; what it knows is renewed.

    Other values that came with it are left out. What was held back has been flushed before the values were read.
    """
    given = {name: values[name] for name in _columns(model)}
    key = inspect(model).identity_key_from_primary_key(tuple(given[name] for name in _primary_key(model)))
    if known := session.identity_map.get(key):
        renew(known, given)
        return cast("Row", known)
    row = made(model, given)
    make_transient_to_detached(row)
    session.add(row)
    return row


def made(model: type[Row], values: Mapping[str, Any]) -> Row:
    """A row that no session knows, with all its columns: the model's own constructor takes longer than to write it."""
    row = model()
    instance_dict(row).update(values)
    return row


def renew(row: Base, values: Mapping[str, Any]) -> None:
    """What the database made of a row that the session knows, of which nothing is held back to be written."""
    instance_dict(row).update(values)


@cache
def _columns(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.columns)


@cache
def _primary_key(model: type[Base]) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.primary_key)


def _opened(session: Session, sql: str) -> asyncpg.Connection:
    bounds.open_with(session, sql)
    return _driver(session)


def _driver(session: Session) -> asyncpg.Connection:
    driver = session.connection().connection.driver_connection
    if driver is None or not driver.is_in_transaction():
        raise RuntimeError(OUTSIDE)
    return driver


DRIVER, NONE = "driver", (None, None)
"""In a session's info: its transaction and the connection of that."""
OUTSIDE = "a statement outside of a scoped transaction"
