"""Rows of many tables in one round trip: for an act that writes a dozen of them at once.

The unit of work sends one statement for each table and takes longer over it than PostgreSQL does. Row-level security
holds as ever; so what a policy asks for (the case of these rows) has to be there before, by a statement of its own.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.types import TypeDecorator

from foundation import late
from foundation.model import Base
from foundation.prepared import DIALECT


async def write(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Insert rows that the session does not know; they stay unknown to it. All that it knows is flushed before."""
    await late.write(session, [_noted(row) for row in rows])


def write_last(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Insert rows of whom nobody asks before the end: they go in the transaction's last statement (foundation.late)."""
    late.note(session, [_noted(row) for row in rows])


def write_last_as(session: AsyncSession, model: type[Base], values: dict[str, Any]) -> None:
    """The same of one row given as JSON can carry it, for what is written by the hundred; what is not given is null."""
    late.note(session, [(_part(_table(model)), values)])


async def write_and_keep(session: AsyncSession, row: Base) -> None:
    """Insert one row that the session is to know from now on, as if it had been read. Every column must be given."""
    await write(session, [row])
    make_transient_to_detached(row)
    session.add(row)


def _noted(row: Base) -> late.Noted:
    table = _table(type(row))
    return _part(table), _values(table, row)


def _table(model: type[Base]) -> Table:
    assert isinstance(model.__table__, Table)
    return model.__table__


@lru_cache(maxsize=500)
def _part(table: Table) -> late.Part:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = f"jsonb_populate_recordset(cast(null as {table.name}), {{rows}})"
    return late.Part(table.name, f"insert into {table.name} ({columns}) select {columns} from {rows}")


def _values(table: Table, row: Base) -> dict[str, Any]:
    """As JSON can carry them. What is not given has the default of the model."""
    given, values = vars(row), {}
    for key, default, bound in _columns(table):
        value = given.get(key)
        value = bound(default if value is None else value)
        values[key] = f"\\x{value.hex()}" if isinstance(value, bytes) else value
    return values


@lru_cache(maxsize=500)
def _columns(table: Table) -> tuple[tuple[str, Any, Callable[[Any], Any]], ...]:
    """Of each its key, its default, and what makes its value one for the database."""
    return tuple((column.key, getattr(column.default, "arg", None), _bound(column)) for column in table.columns)


def _bound(column: Column[Any]) -> Callable[[Any], Any]:
    kind = column.type
    if isinstance(kind, TypeDecorator):
        return lambda value: kind.process_bind_param(value, DIALECT)
    return lambda value: value
