"""The background worker: relays the outbox through saq, and runs what recurs by the clock.

Losing Valkey loses nothing: what was queued there is still an unfinished row of the outbox.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import CronJob, Job, Status, Worker
from saq.queue.redis import RedisQueue
from sqlalchemy.exc import SQLAlchemyError

from cases.catalogue import Catalogue
from cases.relations import CaseRelations
from foundation import closing, idempotency, job_runs, live, metrics, mishaps, wake
from foundation.clock import Clock
from foundation.endpoints import Endpoints
from foundation.jobs import BATCH, Handlers, Message, Relay
from foundation.queue_length import QUEUE
from foundation.store import Store
from handover import intake_job
from oversight import channel_sending, notice_job, webhook_events, webhook_sending
from policies.reload import reloading
from policies.start import open_gate
from server import memory
from server.catalogue import catalogue
from server.checkpointing import keep_checkpoints
from server.handlers import BATCHED, LEASES, unheard_of
from server.pulse import Pulse
from server.recurring import mark_overdue, take_back_offers
from server.tree_job import carry_out_plans
from server.watching import watch_offices
from tenants import purge

POLL_SECONDS = 0.5
GATHER_SECONDS = 0.03
"""What was committed at about the same time is relayed together."""
BUSY_SECONDS, EACH_SECONDS, LONGEST_SECONDS = 0.12, 0.005, 0.2
"""From one relaying to the next while there is something, and longer for each message that went: a batch costs as much
with one message as with twenty. No longer than leaves a notice its 300 ms from the commit to an open page."""
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

    def __init__(
        self,
        endpoints: Endpoints,
        clock: Clock,
        handlers: Handlers,
        checkpoints: Path | None = None,
        networks: Collection[str] = (),
    ) -> None:
        """`checkpoints`: the folder of the audit's; None = this worker makes none. `networks`: private ones that
        webhooks may reach."""
        self.addresses = endpoints
        self.store = Store(endpoints.app, clock, pool_size=5)
        self.handlers = handlers
        self.redis: Redis = Redis.from_url(endpoints.redis, socket_timeout=SOCKET_SECONDS)
        batches = dict.fromkeys(BATCHED, self._notices)
        self.networks = networks
        self.interest = webhook_events.Interest()
        self.nobody_hears = unheard_of(handlers)
        self.relay = Relay(endpoints.relay, clock, LEASES, self._unheard, batches)
        self.woken = asyncio.Event()
        self.store.after_commit = self._wake
        self.checkpoints = checkpoints
        self.catalogue: Catalogue | None = None
        self.queue = PatientQueue(self.redis, name=QUEUE)
        self.pulse = Pulse(self.store, self.relay, self.redis, self.interest)
        self.saq = PromptWorker(
            self.queue,
            functions=[("deliver", self._deliver), ("deliver_many", self._deliver_many)],
            cron_jobs=[
                CronJob(self._deadlines, cron="* * * * *", timeout=55),
                CronJob(self._handovers, cron="*/5 * * * *", timeout=240),
                CronJob(self._tree, cron="* * * * *", timeout=600),
                CronJob(self._watching, cron="* * * * *", timeout=55),
                CronJob(self._outside, cron="* * * * * */15", timeout=240),
                CronJob(self._webhooks, cron="* * * * * */15", timeout=240),
                CronJob(self._checkpoints, cron="*/5 * * * *", timeout=240),
                CronJob(self._forget, cron="17 3 * * *"),
            ],
            after_process=self._ran,
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
        waking = asyncio.create_task(wake.listen(self.addresses.redis, self.woken, PAUSE_SECONDS))
        try:
            async with reloading(self.store, CaseRelations(), self.addresses.app):
                await self.saq.start()
        finally:
            self.saq.event.set()
            waking.cancel()
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

    async def enqueue_many(self, rows: Sequence[UUID], lease: timedelta) -> None:
        """The first of them names the job: none of them has been tried before."""
        seconds = int(lease.total_seconds())
        told = [str(row) for row in rows]
        await self.queue.enqueue("deliver_many", rows=told, key=f"many:{told[0]}", timeout=seconds, ttl=60)

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
            moved = await self.relay.dispatch(self.enqueue, self.enqueue_many)
            await self.pulse.beat()
            if moved >= BATCH:
                return 0.0
            return busy_rest(moved) if moved else POLL_SECONDS
        except (RedisError, SQLAlchemyError, OSError) as error:
            log.warning("relay_pauses", kind=type(error).__name__)
            return PAUSE_SECONDS

    async def _pause(self, seconds: float) -> None:
        """Until something is to be relayed, or it is time to look anyway; what comes together goes together."""
        if seconds != POLL_SECONDS:
            return await self._stopping(seconds)
        if not self.woken.is_set():
            await self._stopping(seconds, self.woken)
        await self._stopping(GATHER_SECONDS)
        self.woken.clear()

    async def _stopping(self, seconds: float, *others: asyncio.Event) -> None:
        """Until the worker stops or one of the others is set; no longer than that."""
        waits = [asyncio.create_task(event.wait()) for event in (self.saq.event, *others)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()

    def _wake(self, noted: Sequence[tuple[str, Any]]) -> None:
        """What this worker's own jobs leave in the outbox."""
        if any(name == wake.TABLE for name, _ in noted):
            self.woken.set()

    def _unheard(self, topic: str, payload: Mapping[str, Any]) -> bool:
        return self.nobody_hears(topic, payload) and not self.interest.concerns(topic, payload)

    async def _notices(self, store: Store, messages: Sequence[Message]) -> None:
        """Both bear repetition: a notice is one for its cause, a delivery one for its message."""
        await webhook_events.prepare(store, messages)
        if news := await notice_job.make(store, messages):
            await live.publish(self.redis, news)

    async def _deliver_many(self, _context: dict[str, Any], *, rows: list[str]) -> bool:
        return await self.relay.deliver_many(self.store, self.handlers, [UUID(row) for row in rows])

    async def _deliver(self, _context: dict[str, Any], *, row: str) -> bool:
        return await self.relay.deliver(self.store, self.handlers, UUID(row))

    async def _deadlines(self, _context: dict[str, Any]) -> int:
        return await mark_overdue(self.store)

    async def _handovers(self, _context: dict[str, Any]) -> int:
        await self._empty_intakes()
        return await take_back_offers(self.store, self._rooms())

    async def _watching(self, _context: dict[str, Any]) -> int:
        return await watch_offices(self.store)

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

    async def _outside(self, _context: dict[str, Any]) -> int:
        """Every few seconds, in a job of its own: whoever answers slowly holds up no message of the outbox."""
        return await channel_sending.send_due(self.store, self.saq.event.is_set)

    async def _webhooks(self, _context: dict[str, Any]) -> int:
        """Apart from the persons' own channels: no other system's server keeps an urgent e-mail waiting."""
        return await webhook_sending.send_due(self.store, self.networks, self.saq.event.is_set)

    async def _checkpoints(self, _context: dict[str, Any]) -> int:
        """Asked more often than once an hour: what a stopped worker missed is soon caught up."""
        return await keep_checkpoints(self.store, self.checkpoints) if self.checkpoints else 0

    async def _forget(self, _context: dict[str, Any]) -> int:
        now = self.store.clock.now()
        async with self.relay.engine.begin() as connection:
            keys = await idempotency.forget(connection, now - KEYS_KEPT)
            sign_ins = await purge.purge(connection, now)
            notices = await notice_job.forget(connection, now)
        return keys + sign_ins + notices + await self.relay.forget(now - MESSAGES_KEPT)

    async def _ran(self, context: dict[str, Any]) -> None:
        """What recurs, on record; deliveries are told by the relay, which knows their topic."""
        job: Job = context["job"]
        if job.function in ("deliver", "deliver_many"):
            return
        failed, took = context.get("exception"), int(job.duration("process") or 0)
        name = job.function.rpartition("._")[2]
        if failed is None and job.status != Status.COMPLETE:
            log.warning("interrupted", name=name)  # the worker stops: the next run goes on
            return
        metrics.JOBS.labels(name, "failed" if failed else "done").inc()
        if failed:
            log.error("recurring", name=name, **mishaps.described(failed))
        else:
            log.info("recurring", name=name, result=job.result, ms=took)
        error = type(failed).__name__ if failed else None
        async with self.relay.engine.begin() as connection:
            await job_runs.note(connection, name, self.store.clock.now(), took, job.result, error)


def busy_rest(moved: int) -> float:
    """Seconds until what has come meanwhile is relayed together."""
    return min(BUSY_SECONDS + moved * EACH_SECONDS, LONGEST_SECONDS)
