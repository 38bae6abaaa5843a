"""One question to the database, asked again whenever its answer may have changed.

A notification tells at once, but it is lost with its connection; so the question is also asked every second.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, NoReturn

import asyncpg
import structlog

from foundation.endpoints import asyncpg_dsn

SECONDS = 0.7
PATIENCE = 5.0
"""Seconds for a connection or an answer: a server that fell silent must not keep us waiting for ever."""

Tell = Callable[[Any], Awaitable[None]]
"""Gets each answer, changed or not."""
Rest = Callable[[asyncio.Event], Awaitable[None]]
"""Waits until it is time to ask again; the event says that a notification came or the connection ended."""

log = structlog.get_logger(__name__)


async def a_beat(woken: asyncio.Event) -> None:
    """Until something woke us, or the beat is over: what was told to nobody still counts within a second.

    Not `wait_for`: of Python 3.11 it forgets a cancellation that comes together with the waking, and we would go on.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            await woken.wait()


async def watch(url: str, channel: str, question: str, tell: Tell, rest: Rest = a_beat) -> NoReturn:
    """Ask for ever; a lost connection is made anew. `url` is SQLAlchemy's, `question` has one value as its answer."""
    while True:
        woken = asyncio.Event()
        try:
            async with _listening(url, channel, woken) as connection:
                while True:
                    woken.clear()
                    await tell(await connection.fetchval(question))
                    await rest(woken)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("watch_interrupted", channel=channel, kind=type(error).__name__)
        await rest(asyncio.Event())


@asynccontextmanager
async def _listening(url: str, channel: str, woken: asyncio.Event) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(asyncpg_dsn(url), timeout=PATIENCE, command_timeout=PATIENCE)
    try:
        connection.add_termination_listener(lambda _: woken.set())
        await connection.add_listener(channel, lambda *_: woken.set())
        yield connection
    finally:
        with suppress(OSError, asyncpg.InterfaceError):  # what lost its server has nothing left to close
            await connection.close(timeout=SECONDS)
