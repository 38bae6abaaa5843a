"""The relay: from the outbox to the queue to a handler, at least once.

A row is done when its handler has committed, never when it was queued: Valkey keeps nothing on disk. Until then its
lease (`available_at` in the future) runs; when it ends, the row is queued again. Handlers must bear repetition, and
messages may overtake each other. What was tried too often (`MOST_ATTEMPTS`) is set aside until a person decides.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
MOST_ATTEMPTS = 20
"""About ten hours by `pause`: longer than what mends itself, and a poison message holds up nobody for days."""
UNFINISHED = "Unfinished"
"""Instead of an error's name: every attempt ended with its process, or was never begun."""
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
EnqueueMany = Callable[[Sequence[UUID], timedelta], Awaitable[None]]
"""The same for rows that one batch handler takes, none of them tried before."""
BatchHandler = Callable[[Store, Sequence[Message]], Awaitable[None]]
"""Takes many messages in one transaction: all of them or, when it raises, none."""
Batches = Mapping[str, BatchHandler]
"""By topic, instead of handlers that take one message after the other."""
Unheard = Callable[[str, Mapping[str, Any]], bool]
"""Whether nobody listens to a message of this topic and payload."""


UNDONE = (OutboxRow.done_at.is_(None), OutboxRow.set_aside_at.is_(None))


class UnknownTopic(LookupError):
    """A room published what the worker was never told of."""


class Relay:
    """Works on the relay's role, which sees the outbox and nothing else. One per process."""

    def __init__(
        self,
        relay_url: str,
        clock: Clock,
        leases: Mapping[str, timedelta] = {},  # noqa: B006 - only read
        unheard: Unheard = lambda topic, payload: False,
        batches: Batches = {},  # noqa: B006 - only read
    ) -> None:
        """`leases`: of topics whose handlers take longer than most; `batches`: of topics handled many at once."""
        self.clock, self.leases, self.unheard, self.batches = clock, leases, unheard, batches
        self.engine = create_async_engine(relay_url, pool_size=5, max_overflow=10)

    async def dispatch(self, enqueue: Enqueue, enqueue_many: EnqueueMany | None = None) -> int:
        """Queue what is due, leased; returns how many. When the queue fails, no lease is taken.

        What nobody listens to need not go round by the queue: it is done.
        """
        now = self.clock.now()
        due = (
            select(OutboxRow.id, OutboxRow.attempts, OutboxRow.topic, OutboxRow.payload)
            .where(*UNDONE, OutboxRow.available_at <= now)
            .order_by(OutboxRow.available_at)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        async with self.engine.begin() as connection:
            found = (await connection.execute(due)).all()
            unheard = {row.id for row in found if self.unheard(row.topic, row.payload)}
            await self._done(connection, [row for row in found if row.id in unheard])
            heard = [row for row in found if row.id not in unheard]
            await self._set_aside(connection, [row for row in heard if row.attempts >= MOST_ATTEMPTS])
            rows = [row for row in heard if row.attempts < MOST_ATTEMPTS]
            for lease in {self._lease(row.topic) for row in rows}:
                ids = [row.id for row in rows if self._lease(row.topic) == lease]
                leased = {"available_at": now + lease, "attempts": OutboxRow.attempts + 1}
                await connection.execute(update(OutboxRow).where(OutboxRow.id.in_(ids)).values(leased))
            together = self._together(rows) if enqueue_many else {}
            for row in rows:
                if row.id not in together:
                    await enqueue(row.id, row.attempts + 1, self._lease(row.topic))
            if enqueue_many is not None:
                for handler in set(together.values()):
                    await enqueue_many([row_id for row_id, by in together.items() if by == handler], LEASE)
        return len(found)

    def _together(self, rows: Sequence[Any]) -> dict[UUID, BatchHandler]:
        """What goes round in one job with others; what was tried before goes alone."""
        return {row.id: self.batches[row.topic] for row in rows if row.topic in self.batches and row.attempts == 0}

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
        waiting = waiting.where(OutboxRow.id == row_id, *UNDONE).with_for_update()
        async with self.engine.begin() as connection:
            row = (await connection.execute(waiting)).one_or_none()
            if row is None:
                return True
            message = Message(row_id, row.topic, row.payload)
            try:
                if row.topic in self.batches:
                    await self.batches[row.topic](store, [message])
                else:
                    await _handle(store, handlers, message)
            except Exception as error:  # whatever a handler raises, the row must remain and say so
                await self._postpone(connection, message, row.attempts, error)
                return False
            await connection.execute(
                update(OutboxRow).where(OutboxRow.id == row_id).values(done_at=self.clock.now(), last_error=None)
            )
        _told(row.topic, row_id, row.attempts)
        return True

    async def deliver_many(self, store: Store, handlers: Handlers, row_ids: Sequence[UUID]) -> bool:
        """Hand rows to their batch handler in one go; True when all are done. What spoils it is found one by one."""
        waiting = select(OutboxRow.id, OutboxRow.topic, OutboxRow.payload, OutboxRow.attempts)
        waiting = waiting.where(OutboxRow.id.in_(row_ids), *UNDONE).order_by(OutboxRow.id).with_for_update()
        async with self.engine.begin() as connection:
            rows = (await connection.execute(waiting)).all()
            if not rows:
                return True
            try:
                await self.batches[rows[0].topic](store, [Message(row.id, row.topic, row.payload) for row in rows])
            except Exception as error:  # told of the row that raises it, when each is tried alone
                log.warning("batch_fails", topic=rows[0].topic, rows=len(rows), kind=type(error).__name__)
            else:
                await self._finish(connection, rows)
                return True
        return all([await self.deliver(store, handlers, row.id) for row in rows])

    async def _finish(self, connection: AsyncConnection, rows: Sequence[Any]) -> None:
        done = {"done_at": self.clock.now(), "last_error": None}
        await connection.execute(update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(done))
        for row in rows:
            _told(row.topic, row.id, row.attempts)

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many rows are not done, and since when the oldest waits: what an operator watches."""
        query = select(func.count(), func.min(OutboxRow.created_at)).where(*UNDONE)
        async with self.engine.connect() as connection:
            count, oldest = (await connection.execute(query)).one()
        return count, oldest

    async def set_aside(self) -> int:
        """How many wait for a person's decision."""
        query = select(func.count()).where(OutboxRow.set_aside_at.is_not(None), OutboxRow.done_at.is_(None))
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one()

    async def forget(self, before: datetime) -> int:
        """Remove rows that were done before an instant; returns how many. What is not done is never removed."""
        async with self.engine.begin() as connection:
            return (await connection.execute(delete(OutboxRow).where(OutboxRow.done_at < before))).rowcount

    async def close(self) -> None:
        await self.engine.dispose()

    async def _postpone(self, connection: AsyncConnection, message: Message, attempts: int, error: Exception) -> None:
        """The error's name only: its text may hold what nobody should read here."""
        name = type(error).__name__
        metrics.JOBS.labels(message.topic, "failed" if attempts < MOST_ATTEMPTS else "set_aside").inc()
        log.error("job", topic=message.topic, row=str(message.id), attempt=attempts, **mishaps.described(error))
        now = self.clock.now()
        aside = now if attempts >= MOST_ATTEMPTS else None
        again = {"available_at": now + pause(attempts), "last_error": name, "set_aside_at": aside}
        await connection.execute(update(OutboxRow).where(OutboxRow.id == message.id).values(again))

    async def _set_aside(self, connection: AsyncConnection, rows: Sequence[Any]) -> None:
        """What was leased again and again and never told how it went: its worker died of it each time."""
        if not rows:
            return
        aside = {"set_aside_at": self.clock.now(), "last_error": func.coalesce(OutboxRow.last_error, UNFINISHED)}
        await connection.execute(update(OutboxRow).where(OutboxRow.id.in_([row.id for row in rows])).values(aside))
        for row in rows:
            metrics.JOBS.labels(row.topic, "set_aside").inc()
            log.error("job_set_aside", topic=row.topic, row=str(row.id), attempt=row.attempts)


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
