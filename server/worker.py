"""The background worker: relays the outbox through saq, and runs what recurs by the clock.

Losing Valkey loses nothing: what was queued there is still an unfinished row of the outbox.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import CronJob, Job, Worker
from saq.queue.redis import RedisQueue
from sqlalchemy.exc import SQLAlchemyError

from cases.catalogue import Catalogue
from cases.relations import CaseRelations
from foundation import closing, idempotency, metrics, mishaps
from foundation.clock import Clock
from foundation.endpoints import Endpoints
from foundation.jobs import Handlers, Relay
from foundation.store import Store
from handover import intake_job
from policies.reload import reloading
from policies.start import open_gate
from server import memory
from server.catalogue import catalogue
from server.checkpointing import keep_checkpoints
from server.handlers import LEASES
from server.pulse import Pulse
from server.recurring import mark_overdue, take_back_offers
from server.tree_job import carry_out_plans
from tenants import purge

QUEUE = "tiaojie"
POLL_SECONDS = 0.5
PAUSE_SECONDS = 2.0
"""After the queue or the database could not be reached."""
GRACE_SECONDS = 10
DEQUEUE_SECONDS = 1.0
SOCKET_SECONDS = 10.0
"""Longer than a blocking dequeue: redis-py's own default of 5 s is for short commands."""
KEYS_KEPT = timedelta(days=2)
MESSAGES_KEPT = timedelta(days=30)

log = structlog.get_logger(__name__)


class PatientQueue(RedisQueue):
    """saq's queue, which rests when the server can't be reached: saq itself would ask again without a pause."""

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:
        try:
            return await super().dequeue(timeout, poll_interval)
        except (RedisError, OSError) as error:
            log.warning("queue_unreachable", kind=type(error).__name__)
            await asyncio.sleep(PAUSE_SECONDS)
            return None


class PromptWorker(Worker[Any]):
    """saq's worker, ending as soon as its jobs have: its upkeep sleeps up to a minute and is not worth waiting for."""

    keeping: Sequence[asyncio.Task[None]] = ()

    async def upkeep(self) -> list[asyncio.Task[None]]:
        self.keeping = tasks = await super().upkeep()
        return tasks

    async def stop(self) -> None:
        for task in self.keeping:
            task.cancel()
        await super().stop()


class BackgroundWorker:
    """Everything one worker process holds."""

    def __init__(self, endpoints: Endpoints, clock: Clock, handlers: Handlers, checkpoints: Path | None = None) -> None:
        """`checkpoints`: the folder of the audit's; None = this worker makes none."""
        self.addresses = endpoints
        self.store = Store(endpoints.app, clock, pool_size=5)
        self.handlers = handlers
        unheard = [topic for topic, listening in handlers.items() if not listening]
        self.relay = Relay(endpoints.relay, clock, LEASES, unheard)
        self.checkpoints = checkpoints
        self.catalogue: Catalogue | None = None
        redis: Redis = Redis.from_url(endpoints.redis, socket_timeout=SOCKET_SECONDS)
        self.queue = PatientQueue(redis, name=QUEUE)
        self.pulse = Pulse(self.store, self.relay, redis)
        self.saq = PromptWorker(
            self.queue,
            functions=[("deliver", self._deliver)],
            cron_jobs=[
                CronJob(self._deadlines, cron="* * * * *", timeout=55),
                CronJob(self._handovers, cron="*/5 * * * *", timeout=240),
                CronJob(self._tree, cron="* * * * *", timeout=600),
                CronJob(self._checkpoints, cron="*/5 * * * *", timeout=240),
                CronJob(self._forget, cron="17 3 * * *"),
            ],
            after_process=_told,
            concurrency=4,
            dequeue_timeout=DEQUEUE_SECONDS,
            shutdown_grace_period_s=GRACE_SECONDS,
        )

    async def work(self) -> None:
        """Until SIGINT or SIGTERM, which saq turns into a graceful end: what runs may finish."""
        await open_gate(self.store, CaseRelations())
        await self.queue.connect()
        memory.settle()
        relaying = asyncio.create_task(self._relay())
        try:
            async with reloading(self.store, CaseRelations(), self.addresses.app):
                await self.saq.start()
        finally:
            self.saq.event.set()
            await closing.close(relaying=lambda: relaying)
            await closing.close(pulse=self.pulse.end, relay=self.relay.close, store=self.store.close)
            await closing.close(queue=self.queue.disconnect)
        if not relaying.cancelled():
            relaying.result()

    async def enqueue(self, row_id: UUID, attempt: int, lease: timedelta) -> None:
        """The key names the attempt: a dead worker's job can't stand in the way of the next."""
        await self.queue.enqueue(
            "deliver", row=str(row_id), key=f"{row_id}:{attempt}", timeout=int(lease.total_seconds()), ttl=60
        )

    async def _relay(self) -> None:
        """A worker that relays no more must not live on: its end is the worker's."""
        try:
            while not self.saq.event.is_set():
                await self._pause(await self._relay_once())
        finally:
            self.saq.event.set()

    async def _relay_once(self) -> float:
        """Dispatch; returns how long to rest, none when there may be more."""
        try:
            moved = await self.relay.dispatch(self.enqueue)
            await self.pulse.beat()
            return 0.0 if moved else POLL_SECONDS
        except (RedisError, SQLAlchemyError, OSError) as error:
            log.warning("relay_pauses", kind=type(error).__name__)
            return PAUSE_SECONDS

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.saq.event.wait(), seconds)
        except TimeoutError:
            return

    async def _deliver(self, _context: dict[str, Any], *, row: str) -> bool:
        return await self.relay.deliver(self.store, self.handlers, UUID(row))

    async def _deadlines(self, _context: dict[str, Any]) -> int:
        return await mark_overdue(self.store)

    async def _handovers(self, _context: dict[str, Any]) -> int:
        await self._empty_intakes()
        return await take_back_offers(self.store, self._rooms())

    async def _tree(self, _context: dict[str, Any]) -> int:
        self._rooms()
        return await carry_out_plans(self.store)

    def _rooms(self) -> Catalogue:
        """With every room's hooks."""
        if self.catalogue is None:
            self.catalogue = catalogue()
        return self.catalogue

    async def _empty_intakes(self) -> int:
        """Files of cases that nobody took in within a day."""
        async with self.relay.engine.begin() as connection:
            return await intake_job.purge(connection, self.store.clock.now())

    async def _checkpoints(self, _context: dict[str, Any]) -> int:
        """Asked more often than once an hour: what a stopped worker missed is soon caught up."""
        return await keep_checkpoints(self.store, self.checkpoints) if self.checkpoints else 0

    async def _forget(self, _context: dict[str, Any]) -> int:
        now = self.store.clock.now()
        async with self.relay.engine.begin() as connection:
            keys = await idempotency.forget(connection, now - KEYS_KEPT)
            sign_ins = await purge.purge(connection, now)
        return keys + sign_ins + await self.relay.forget(now - MESSAGES_KEPT)


async def _told(context: dict[str, Any]) -> None:
    """What recurs, on record; deliveries are told by the relay, which knows their topic."""
    job: Job = context["job"]
    if job.function == "deliver":
        return
    failed = context.get("exception")
    name = job.function.rpartition("._")[2]
    metrics.JOBS.labels(name, "failed" if failed else "done").inc()
    if failed:
        log.error("recurring", name=name, **mishaps.described(failed))
    else:
        log.info("recurring", name=name, result=job.result, ms=job.duration("process"))
