"""Piccolo's engine here never connects by itself: it speaks on the connection of the request's scoped transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from asyncpg import Connection
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from foundation.store import ScopeMissing


class RequestEngine(PostgresEngine):
    """A statement outside `on` is a defect: there would be no scope, and nothing to audit it by."""

    def __init__(self) -> None:
        super().__init__(config={"database": "request"})

    @asynccontextmanager
    async def on(self, connection: Connection) -> AsyncIterator[None]:
        """Everything that Piccolo asks inside the block goes to this connection, nested transactions too."""
        token = self.current_transaction.set(_Held(self, connection))
        try:
            yield
        finally:
            self.current_transaction.reset(token)

    async def fetch(self, statement: str, *values: Any) -> list[Any]:
        """A statement of our own on the request's connection."""
        held = self.current_transaction.get()
        if held is None:
            raise ScopeMissing
        found: list[Any] = await held.connection.fetch(statement, *values)
        return found

    async def get_version(self) -> float:
        return 18.0

    async def prep_database(self) -> None:
        """Extensions are the migrations' business."""

    async def get_new_connection(self) -> NoReturn:
        raise ScopeMissing

    async def start_connection_pool(self, **kwargs: Any) -> NoReturn:
        raise ScopeMissing


class _Held(PostgresTransaction):
    """A transaction that somebody else began and will end."""

    def __init__(self, engine: RequestEngine, connection: Connection) -> None:
        super().__init__(engine)
        self.connection = connection


ENGINE = RequestEngine()
