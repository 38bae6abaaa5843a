"""What is asked of the database meanwhile: by SQLAlchemy and by the driver itself."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy import event

from foundation.bounds import BoundsConnection
from foundation.store import Store


@contextmanager
def recorded(store: Store) -> Iterator[list[str]]:
    """The statements sent inside the block, in their order; the last one goes with the commit."""
    sent: list[str] = []
    fetch, close_with = asyncpg.Connection.fetch, BoundsConnection.close_with

    def note(*args: Any) -> None:
        sent.append(args[2])

    async def noted(driver: asyncpg.Connection, sql: str, *values: Any, **options: Any) -> Sequence[Any]:
        sent.append(sql)
        rows: Sequence[Any] = await fetch(driver, sql, *values, **options)
        return rows

    async def closed(driver: BoundsConnection, sql: str, *values: str) -> None:
        sent.append(sql)
        await close_with(driver, sql, *values)

    engine = store.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        with (
            patch.object(asyncpg.Connection, "fetch", noted),
            patch.object(BoundsConnection, "close_with", closed),
        ):
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
