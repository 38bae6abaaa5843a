"""Rows into tables by COPY, as the owner. COPY refuses a table whose row-level security binds the owner too."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from foundation.endpoints import asyncpg_dsn
from server.seed.binary import HEADER, TRAILER

Row = Sequence[Any]

INDEXES = """
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
where i.indrelid = any($1::regclass[]) and not i.indisunique and not exists (
    select from pg_trigger t where t.tgrelid = i.indrelid and t.tgdeferrable and not t.tgisinternal)
order by 1
"""
"""Those that only make reading fast. What makes rows unique stays, and what a check at the end reads by."""
REFERENCES = """
select c.conrelid::regclass::text as "table", quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition
from pg_constraint c where c.contype = 'f' and c.conrelid = any($1::regclass[]) order by 1, 2
"""
"""Checked at the end in one join each, not once for every row."""


@asynccontextmanager
async def loading(owner_url: str, tables: Iterable[str], *, bulk: bool = False) -> AsyncIterator[asyncpg.Connection]:
    """One transaction: while it runs nobody else reads these tables, and as it ends the owner is bound again.

    `bulk`: indexes are built and references checked once at the end, which for many rows is several times faster.
    A run that is cut short leaves everything as it was.
    """
    names = list(tables)
    connection = await asyncpg.connect(asyncpg_dsn(owner_url), server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction():
            for table in names:
                await connection.execute(f"alter table {table} no force row level security")
            put_off = await _put_off(connection, names) if bulk else []
            yield connection
            await connection.execute("set constraints all immediate")
            await connection.execute("set local maintenance_work_mem = '256MB'")
            for statement in put_off:
                await connection.execute(statement)
            for table in names:
                await connection.execute(f"alter table {table} force row level security")
        await connection.execute(f"analyze {', '.join(names)}")
    finally:
        await connection.close()


async def _put_off(connection: asyncpg.Connection, tables: list[str]) -> list[str]:
    """Drop what only costs time while rows come; returns the statements that bring it back."""
    again = []
    for reference in await connection.fetch(REFERENCES, tables):
        table, name = reference["table"], reference["name"]
        await connection.execute(f"alter table {table} drop constraint {name}")
        again.append(f"alter table {table} add constraint {name} {reference['definition']}")
    for index in await connection.fetch(INDEXES, tables):
        await connection.execute(f"drop index {index['name']}")
        again.append(index["definition"])
    return again


async def copy(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Rows in the order of `columns`, their values as the driver takes them."""
    if rows:
        await connection.copy_records_to_table(table, columns=columns, records=rows)


async def copy_binary(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: bytes) -> None:
    """Rows that are in the binary format already (`server.seed.binary`)."""

    async def source() -> AsyncIterator[bytes]:
        for part in (HEADER, rows, TRAILER):
            yield part

    await connection.copy_to_table(table, columns=columns, source=source(), format="binary")
