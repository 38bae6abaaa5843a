"""Rows of many tables in one round trip: for an act that writes a dozen of them at once.

The unit of work sends one statement for each table and takes longer over it than PostgreSQL does. Row-level security
holds as ever; so what a policy asks for (the case of these rows) has to be there before, by a statement of its own.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Column, Table
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.types import TypeDecorator

from foundation import direct
from foundation.model import Base
from foundation.prepared import DIALECT


async def write(session: AsyncSession, rows: Sequence[Base]) -> None:
    """Insert rows that the session does not know; they stay unknown to it. All that it knows is flushed before."""
    by_table: dict[Table, list[dict[str, Any]]] = {}
    for row in rows:
        table = row.__table__
        assert isinstance(table, Table)
        by_table.setdefault(table, []).append(_values(table, row))
    content = {table.name: values for table, values in by_table.items()}
    await direct.fetch(session, _statement(tuple(by_table)), msgspec.json.encode(content).decode())


async def write_and_keep(session: AsyncSession, row: Base) -> None:
    """Insert one row that the session is to know from now on, as if it had been read. Every column must be given."""
    await write(session, [row])
    make_transient_to_detached(row)
    session.add(row)


@lru_cache(maxsize=100)
def _statement(tables: tuple[Table, ...]) -> str:
    """Table by table; jsonb_populate_recordset gives every value the type of its column."""
    inserts = ", ".join(f"written_{table.name} as ({_insert(table)})" for table in tables)
    return f"with {inserts} select"


def _insert(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = f"jsonb_populate_recordset(cast(null as {table.name}), $1::jsonb -> '{table.name}')"
    return f"insert into {table.name} ({columns}) select {columns} from {rows}"


def _values(table: Table, row: Base) -> dict[str, Any]:
    given = vars(row)
    return {column.key: _value(column, given.get(column.key)) for column in table.columns}


def _value(column: Column[Any], value: Any) -> Any:
    """As JSON can carry it. What is not given has the default of the model."""
    if value is None:
        value = getattr(column.default, "arg", None)
    if isinstance(column.type, TypeDecorator):
        value = column.type.process_bind_param(value, DIALECT)
    return f"\\x{value.hex()}" if isinstance(value, bytes) else value
