"""Cuts the connection of the process at its n-th statement, as a killed process does: no word more to the server."""

import os
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from asyncpg.prepared_stmt import PreparedStatement

WAYS = (
    (asyncpg.Connection, "execute"),
    (asyncpg.Connection, "_execute"),
    (PreparedStatement, "_PreparedStatement__bind_execute"),
)
"""Every statement goes by one of them."""


class Cut:
    """At the statement number `at` (from 1) or the one that names it; before it is sent, or, with `after`, when it is
    done and nobody has heard of it. `die`: the whole process with it."""

    def __init__(self, at: int | str, *, after: bool = False, die: bool = False) -> None:
        self.at, self.after, self.die = at, after, die
        self.seen: list[str] = []
        self.struck = False

    def strike(self, connection: asyncpg.Connection) -> None:
        self.struck = True
        if self.die:
            os.kill(os.getpid(), signal.SIGKILL)
        connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("cut")

    async def around(self, connection: asyncpg.Connection, sql: str, run: Callable[[], Awaitable[Any]]) -> Any:
        self.seen.append(" ".join(sql.split()))
        here = len(self.seen) == self.at if isinstance(self.at, int) else self.at in sql
        if here and not self.after:
            self.strike(connection)
        answer = await run()
        if here and self.after:
            self.strike(connection)
        return answer


@contextmanager
def cutting(cut: Cut) -> Iterator[Cut]:
    with ExitStack() as patched:
        for owner, name in WAYS:
            patched.enter_context(patch.object(owner, name, _wrapped(cut, owner, name)))
        yield cut


def _wrapped(cut: Cut, owner: type[Any], name: str) -> Callable[..., Awaitable[Any]]:
    original = getattr(owner, name)

    async def wrapped(self: Any, *values: Any, **named: Any) -> Any:
        prepared = isinstance(self, PreparedStatement)
        connection, sql = (self._connection, self._query) if prepared else (self, values[0])
        return await cut.around(connection, str(sql), lambda: original(self, *values, **named))

    return wrapped
