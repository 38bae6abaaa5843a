"""So many at a time, first come, first served: how much a process does at once of what keeps the processor busy.

Each connection has a process of PostgreSQL behind it, with plans and catalogues of its own. Many that share few cores
push each other's out of the caches: the same work costs more, and nobody's is done sooner (decision 0060).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LONGEST_SECONDS = 0.05
"""Of one turn: several times what an act takes."""


class Turns:
    """A turn is over after its longest time though its holder goes on: who waits for a lock, makes a long report or
    asks for a turn within a turn holds up the others no longer than that."""

    def __init__(self, at_once: int, longest: float = LONGEST_SECONDS) -> None:
        self._room = asyncio.Semaphore(at_once)
        self.longest = longest

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        await self._room.acquire()
        held = _Held(self._room)
        timer = asyncio.get_running_loop().call_later(self.longest, held.end)
        try:
            yield
        finally:
            timer.cancel()
            held.end()


class _Held:
    """One turn, which ends once."""

    __slots__ = ("_room",)

    def __init__(self, room: asyncio.Semaphore) -> None:
        self._room: asyncio.Semaphore | None = room

    def end(self) -> None:
        if self._room is not None:
            self._room.release()
            self._room = None
