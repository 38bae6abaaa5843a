"""News that reach an open page at once: through Redis from whoever made them to every process, there to its streams.

One subscription in a process, whatever the number of streams. Redis keeps nothing: what was said while a process did
not listen is lost, so each stream is then told to look again. A stream's queue is bounded; one that reads too slowly
is told to look again too.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, NoReturn
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError

CHANNEL = "tiaojie:news"
MOST_WAITING = 32
TICK_SECONDS = 1.0
CHECK_SECONDS = 5.0
"""How long a stream may outlive its session."""
REST_SECONDS = 1.0
"""After Redis could not be reached."""
AT_ONCE = 500
"""Sessions that one question asks about."""

log = structlog.get_logger(__name__)


class News(Struct, frozen=True, array_like=True):
    """One notice that a person has: ids and a code."""

    id: UUID
    person_id: UUID
    kind: str


Alive = Callable[[Sequence[bytes]], Awaitable[Iterable[bytes]]]
"""Which of these sessions stand."""


async def publish(redis: Redis, news: Sequence[News]) -> None:
    """Tell all processes. Whoever is not reached sees it when the page asks again, so a lost Redis is no failure."""
    try:
        await redis.publish(CHANNEL, msgspec.msgpack.encode(news))
    except (RedisError, OSError) as error:
        log.warning("news_untold", kind=type(error).__name__, number=len(news))


class Stream:
    """What one open page has yet to be told."""

    __slots__ = ("ended", "look_again", "news", "person_id", "session", "woken")

    def __init__(self, person_id: UUID, session: bytes) -> None:
        self.person_id, self.session = person_id, session
        self.news: deque[News] = deque()
        self.look_again, self.ended = False, False
        self.woken = asyncio.Event()

    def tell(self, news: News) -> None:
        if len(self.news) >= MOST_WAITING:
            self.stir()
        else:
            self.news.append(news)
            self.woken.set()

    def stir(self) -> None:
        """Something may have been missed."""
        self.news.clear()
        self.look_again = True
        self.woken.set()

    def end(self) -> None:
        self.ended = True
        self.woken.set()

    def take(self) -> tuple[list[News], bool]:
        """All that waits, and whether the page has to look again."""
        taken = list(self.news), self.look_again
        self.news.clear()
        self.look_again = False
        self.woken.clear()
        return taken


class Live:
    """The streams of one process."""

    def __init__(self, redis_url: str, alive: Alive, leaving: Callable[[], bool]) -> None:
        """`leaving`: whether this process has been asked to stop, which an open stream must not hold up."""
        self.redis_url, self.alive, self.leaving = redis_url, alive, leaving
        self.streams: dict[UUID, set[Stream]] = {}
        self.listens = False
        """Whether news come; without them a page has to ask from time to time."""

    @contextmanager
    def stream(self, person_id: UUID, session: bytes) -> Any:
        """Open as long as the block lasts."""
        one = Stream(person_id, session)
        self.streams.setdefault(person_id, set()).add(one)
        try:
            yield one
        finally:
            mine = self.streams[person_id]
            mine.discard(one)
            if not mine:
                del self.streams[person_id]

    def every(self) -> list[Stream]:
        return [one for mine in self.streams.values() for one in mine]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listens and keeps while the block lasts."""
        tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._keep())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for one in self.every():
                one.end()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def _listen(self) -> NoReturn:
        while True:
            try:
                await self._hear()
            except (RedisError, OSError) as error:
                log.warning("news_interrupted", kind=type(error).__name__)
            self.listens = False
            for one in self.every():
                one.stir()  # each page is told that it has to ask by itself
            await asyncio.sleep(REST_SECONDS)

    async def _hear(self) -> None:
        async with Redis.from_url(self.redis_url) as redis, redis.pubsub(ignore_subscribe_messages=False) as channel:
            await channel.subscribe(CHANNEL)
            async for message in channel.listen():
                if message["type"] == "subscribe":
                    self.listens = True
                    for one in self.every():
                        one.stir()
                elif message["type"] == "message":
                    self._spread(msgspec.msgpack.decode(message["data"], type=list[News]))

    def _spread(self, news: Iterable[News]) -> None:
        for one in news:
            for stream in self.streams.get(one.person_id, ()):
                stream.tell(one)

    async def _keep(self) -> NoReturn:
        """End all streams when the process leaves, and those whose session has ended."""
        waited = 0.0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            waited += TICK_SECONDS
            if self.leaving():
                for one in self.every():
                    one.end()
            elif waited >= CHECK_SECONDS:
                waited = 0.0
                await self.check()

    async def check(self) -> None:
        """Who can't be asked about stays: the next check asks again."""
        streams = self.every()
        for begin in range(0, len(streams), AT_ONCE):
            some = streams[begin : begin + AT_ONCE]
            try:
                standing = set(await self.alive([one.session for one in some]))
            except Exception as error:  # whatever the database does, this keeper must not die
                log.warning("sessions_unchecked", kind=type(error).__name__)
                return
            for one in some:
                if one.session not in standing:
                    one.end()
