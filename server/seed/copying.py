"""Rows into tables by COPY, as the owner. COPY refuses a table whose row-level security binds the owner too."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from foundation.endpoints import asyncpg_dsn

Row = Sequence[Any]

INDEXES = """
select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition from pg_index i
where i.indrelid = any($1::regclass[]) and not i.indisunique order by 1
"""
"""Those that only make reading fast; what guards a rule stays."""


@asynccontextmanager
async def loading(owner_url: str, tables: Iterable[str], *, bulk: bool = False) -> AsyncIterator[asyncpg.Connection]:
    """One transaction: while it runs nobody else reads these tables, and as it ends the owner is bound again.

    `bulk`: indexes are built once at the end, which for hundreds of thousands of rows is several times faster.
    """
    names = list(tables)
    connection = await asyncpg.connect(asyncpg_dsn(owner_url), server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction():
            for table in names:
                await connection.execute(f"alter table {table} no force row level security")
            indexes = await connection.fetch(INDEXES, names) if bulk else []
            for index in indexes:
                await connection.execute(f"drop index {index['name']}")
            yield connection
            await connection.execute("set local maintenance_work_mem = '256MB'")
            for index in indexes:
                await connection.execute(index["definition"])
            for table in names:
                await connection.execute(f"alter table {table} force row level security")
        await connection.execute(f"analyze {', '.join(names)}")
    finally:
        await connection.close()


async def copy(connection: asyncpg.Connection, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Rows in the order of `columns`, their values as the driver takes them."""
    if rows:
        await connection.copy_records_to_table(table, columns=columns, records=rows)
