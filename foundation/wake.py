"""Waking the relay when a message has been committed, so that it need not wait for its next poll.

Through Redis and without anybody waiting for it: a wake that is lost costs the time to the next poll, nothing else.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "tiaojie:outbox"
TABLE = "outbox"
PATIENCE_SECONDS = 1.0
APART_SECONDS = 0.05
"""Between two wakes of one process: the first goes at once, and one more covers all that was committed since."""

log = structlog.get_logger(__name__)

Unheard = Callable[[str, Mapping[str, Any]], bool]
"""Whether nobody listens to a message of this topic and payload."""


class Waker:
    """One per process: what `Store.after_commit` calls with all that the transaction noted."""

    def __init__(self, redis_url: str, unheard: Unheard) -> None:
        self.redis: Redis = Redis.from_url(redis_url, socket_timeout=PATIENCE_SECONDS)
        self.unheard = unheard
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def __call__(self, noted: Sequence[tuple[str, Any]]) -> None:
        """(table, row) of all that was written last. One wake is under way at a time, and one more after it."""
        if not any(table == TABLE and not self.unheard(row["topic"], row["payload"]) for table, row in noted):
            return
        if self._ringing is not None and not self._ringing.done():
            self._again = True
        else:
            self._ringing = asyncio.create_task(self._ring())

    async def close(self) -> None:
        if self._ringing is not None:
            await self._ringing
        await self.redis.aclose()

    async def _ring(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            try:
                await self.redis.publish(CHANNEL, b"")
            except (RedisError, OSError) as error:
                log.debug("relay_not_woken", kind=type(error).__name__)
            await asyncio.sleep(APART_SECONDS)


async def listen(redis_url: str, woken: asyncio.Event, rest: float) -> None:
    """Set the event with every wake, for ever; a lost connection is made anew after `rest` seconds."""
    while True:
        try:
            async with Redis.from_url(redis_url) as redis, redis.pubsub() as channel:
                await channel.subscribe(CHANNEL)
                async for _ in channel.listen():
                    woken.set()
        except (RedisError, OSError) as error:
            log.warning("wakes_interrupted", kind=type(error).__name__)
        await asyncio.sleep(rest)
