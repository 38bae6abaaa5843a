"""The relay: from the outbox to the queue to a handler, at least once.

A row is done when its handler has committed, never when it was queued: Valkey keeps nothing on disk. Until then its
lease (`available_at` in the future) runs; when it ends, the row is queued again. Handlers must bear repetition, and
messages may overtake each other.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from foundation import metrics, mishaps
from foundation.clock import Clock
from foundation.outbox import OutboxRow
from foundation.store import Store

LEASE = timedelta(seconds=60)
"""How long a queue and a handler have before the row is queued again."""
LONGEST_PAUSE = timedelta(hours=1)
BATCH = 100

log = structlog.get_logger(__name__)


class Message(Struct, frozen=True):
    """What a handler gets. `payload` holds ids and codes."""

    id: UUID
    topic: str
    payload: dict[str, Any]


Handler = Callable[[Store, Message], Awaitable[None]]
Handlers = Mapping[str, Sequence[Handler]]
"""By topic; a topic that nobody listens to has an empty list, an unknown one is a defect that stays in sight."""
Enqueue = Callable[[UUID, int, timedelta], Awaitable[None]]
"""Puts (row, attempt, lease) into the queue; raises when the queue can't be reached."""


class UnknownTopic(LookupError):
    """A room published what the worker was never told of."""


class Relay:
    """Works on the relay's role, which sees the outbox and nothing else. One per process."""

    def __init__(
        self,
        relay_url: str,
        clock: Clock,
        leases: Mapping[str, timedelta] = {},  # noqa: B006 - only read
        unheard: Collection[str] = (),
    ) -> None:
        """`leases`: of topics whose handlers take longer than most; `unheard`: topics that nobody listens to."""
        self.clock, self.leases, self.unheard = clock, leases, frozenset(unheard)
        self.engine = create_async_engine(relay_url, pool_size=5, max_overflow=10)

    async def dispatch(self, enqueue: Enqueue) -> int:
        """Queue what is due, leased; returns how many. When the queue fails, no lease is taken.

        What nobody listens to need not go round by the queue: it is done.
        """
        now = self.clock.now()
        due = (
            select(OutboxRow.id, OutboxRow.attempts, OutboxRow.topic)
            .where(OutboxRow.done_at.is_(None), OutboxRow.available_at <= now)
            .order_by(OutboxRow.available_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        async with self.engine.begin() as connection:
            found = (await connection.execute(due)).all()
            await self._done(connection, [row for row in found if row.topic in self.unheard])
            rows = [row for row in found if row.topic not in self.unheard]
            for lease in {self._lease(row.topic) for row in rows}:
                ids = [row.id for row in rows if self._lease(row.topic) == lease]
                leased = {"available_at": now + lease, "attempts": OutboxRow.attempts + 1}
                await connection.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(leased))
            for row in rows:
                await enqueue(row.id, row.attempts + 1, self._lease(row.topic))
        return len(found)

    async def _done(self, connection: AsyncConnection, rows: Sequence[Any]) -> None:
        if not rows:
            return
        done = {"done_at": self.clock.now(), "last_error": None, "attempts": OutboxRow.attempts + 1}
        await connection.execute(update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(done))
        for row in rows:
            _told(row.topic, row.id, row.attempts + 1)

    def _lease(self, topic: str) -> timedelta:
        return self.leases.get(topic, LEASE)

    async def deliver(self, store: Store, handlers: Handlers, row_id: UUID) -> bool:
        """Hand one row to its handlers; True when it is done. A failure is recorded and tried again later.

        The row stays locked meanwhile: a second delivery of the same row waits, and then finds it done.
        """
        waiting = select(OutboxRow.topic, OutboxRow.payload, OutboxRow.attempts)
        waiting = waiting.where(OutboxRow.id == row_id, OutboxRow.done_at.is_(None)).with_for_update()
        async with self.engine.begin() as connection:
            row = (await connection.execute(waiting)).one_or_none()
            if row is None:
                return True
            message = Message(row_id, row.topic, row.payload)
            try:
                await _handle(store, handlers, message)
            except Exception as error:  # whatever a handler raises, the row must remain and say so
                await self._postpone(connection, message, row.attempts, error)
                return False
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == row_id).values(done_at=self.clock.now(), last_error=None)
            )
        _told(row.topic, row_id, row.attempts)
        return True

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many rows are not done, and since when the oldest waits: what an operator watches."""
        query = select(func.count(), func.min(OutboxRow.created_at)).where(OutboxRow.done_at.is_(None))
        async with self.engine.connect() as connection:
            count, oldest = (await connection.execute(query)).one()
        return count, oldest

    async def forget(self, before: datetime) -> int:
        """Remove rows that were done before an instant; returns how many. What is not done is never removed."""
        async with self.engine.begin() as connection:
            return (await connection.execute(delete(OutboxRow).where(OutboxRow.done_at < before))).rowcount

    async def close(self) -> None:
        await self.engine.dispose()

    async def _postpone(self, connection: AsyncConnection, message: Message, attempts: int, error: Exception) -> None:
        """The error's name only: its text may hold what nobody should read here."""
        name = type(error).__name__
        metrics.JOBS.labels(message.topic, "failed").inc()
        log.error("job", topic=message.topic, row=str(message.id), attempt=attempts, **mishaps.described(error))
        again = {"available_at": self.clock.now() + pause(attempts), "last_error": name}
        await connection.execute(update(OutboxRow).where(OutboxRow.id == message.id).values(again))


def _told(topic: str, row_id: UUID, attempts: int) -> None:
    metrics.JOBS.labels(topic, "done").inc()
    log.info("job", topic=topic, row=str(row_id), attempt=attempts)


def pause(attempts: int) -> timedelta:
    """2, 4, 8 … seconds, at most an hour."""
    return min(timedelta(seconds=2 ** min(attempts, 30)), LONGEST_PAUSE)


async def _handle(store: Store, handlers: Handlers, message: Message) -> None:
    if message.topic not in handlers:
        raise UnknownTopic
    for handler in handlers[message.topic]:
        await handler(store, message)
