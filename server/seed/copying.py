"""Rows into tables by COPY, as the owner. COPY refuses a table whose row-level security binds the owner too."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from msgspec import Struct

from foundation.endpoints import asyncpg_dsn
from server.seed.binary import HEADER, TRAILER
from server.seed.bulk import COUNTERS, bring_back, many, put_off

Row = Sequence[Any]
MESSAGE = 2**17
"""Bytes sent at once: the server makes room for a whole message."""


class Loading(Struct, frozen=True):
    """An open transaction of the owner's. `anew`: tables that were made anew in it."""

    connection: asyncpg.Connection
    anew: frozenset[str] = frozenset()

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Rows in the order of `columns`, their values as the driver takes them."""
        if rows:
            await self.connection.copy_records_to_table(table, columns=columns, records=rows)

    async def copy_binary(self, table: str, columns: Sequence[str], rows: bytes) -> None:
        """Rows that are in the binary format already (`server.seed.binary`)."""

        async def source() -> AsyncIterator[bytes]:
            yield HEADER
            for start in range(0, len(rows), MESSAGE):
                yield rows[start : start + MESSAGE]
            yield TRAILER

        await self.connection.copy_to_table(
            table, columns=columns, source=source(), format="binary", freeze=table in self.anew or None
        )


@asynccontextmanager
async def loading(owner_url: str, tables: Sequence[str], *, rows: int) -> AsyncIterator[Loading]:
    """One transaction: while it runs nobody else reads these tables, and as it ends the owner is bound again.

    `rows`: about so many are to come. With many, what costs time for each is done once at the end.
    A run that is cut short leaves everything as it was.
    """
    connection = await asyncpg.connect(asyncpg_dsn(owner_url), server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction():
            for table in tables:
                await connection.execute(f"alter table {table} no force row level security")
            late = await put_off(connection, tables) if await many(connection, tables, rows) else None
            yield Loading(connection, late.anew if late else frozenset())
            await connection.execute("set constraints all immediate")
            if late:
                await bring_back(connection, late, tables)
            for table in tables:
                await connection.execute(f"alter table {table} force row level security")
        await connection.execute(f"analyze {', '.join(COUNTERS if late else (*tables, *COUNTERS))}")
    finally:
        await connection.close()
