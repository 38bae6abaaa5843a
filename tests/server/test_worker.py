"""The worker as a process: it delivers, stops when asked, and loses nothing when killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.jobs import LEASE, Message, Relay
from foundation.outbox import OutboxRow, publish
from foundation.store import Scope, Store
from server.worker import BackgroundWorker

SECONDS = 20
PROGRAM = Path(__file__).with_name("worker_process.py")


@pytest.fixture
async def place(fresh_database: Endpoints) -> AsyncIterator[Endpoints]:
    redis: Redis = Redis.from_url(fresh_database.redis)
    await redis.flushdb()
    yield fresh_database
    await redis.flushdb()
    await redis.aclose()


@pytest.fixture
async def own_store(place: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(place.app, clock)
    yield opened
    await opened.close()


async def start(place: Endpoints) -> Process:
    shown = msgspec.json.encode(place).decode()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.server.worker_process", shown, stdout=PIPE
    )
    assert await line(process) == "starting"
    return process


async def line(process: Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), SECONDS)).decode().strip()


async def leave(store: Store, topic: str, *numbers: int) -> None:
    async with store.scoped(Scope(1, uuid4())) as session:
        for number in numbers:
            await publish(session, topic, number=number)


async def undone(place: Endpoints, clock: FrozenClock) -> list[Any]:
    relay = Relay(place.relay, clock)
    async with relay.engine.connect() as connection:
        found = list((await connection.execute(select(OutboxRow.payload).where(OutboxRow.done_at.is_(None)))).scalars())
    await relay.close()
    return found


async def test_a_worker_delivers_all_rows_and_stops_when_asked(
    place: Endpoints, own_store: Store, clock: FrozenClock
) -> None:
    await leave(own_store, "test.tell", *range(25))
    worker = await start(place)
    got = {await line(worker) for _ in range(25)}
    worker.send_signal(signal.SIGTERM)
    assert await line(worker) == "stopped"
    assert await asyncio.wait_for(worker.wait(), SECONDS) == 0
    assert got == {f"got {number}" for number in range(25)}
    assert await undone(place, clock) == []


async def test_a_worker_killed_in_the_middle_of_a_job_loses_nothing(
    place: Endpoints, own_store: Store, clock: FrozenClock
) -> None:
    await leave(own_store, "test.hang", 1)
    worker = await start(place)
    assert await line(worker) == "began 1"
    worker.kill()
    await asyncio.wait_for(worker.wait(), SECONDS)
    assert await undone(place, clock) == [{"number": 1}]
    assert await delivered_by_another(place, clock) == [1]
    assert await undone(place, clock) == []


async def test_the_loss_of_the_queue_loses_nothing(place: Endpoints, own_store: Store, clock: FrozenClock) -> None:
    await leave(own_store, "test.hang", 1, 2, 3)
    worker = BackgroundWorker(place, clock, {})
    assert await worker.relay.dispatch(worker.enqueue) == 3
    await worker.queue.redis.flushdb()
    assert await worker.queue.count("queued") == 0
    clock.advance(seconds=LEASE.total_seconds())
    assert await worker.relay.dispatch(worker.enqueue) == 3
    assert await worker.queue.count("queued") == 3
    await worker.queue.disconnect()
    await worker.relay.close()
    await worker.store.close()


async def delivered_by_another(place: Endpoints, clock: FrozenClock) -> list[int]:
    """The killed worker leased by the system clock: look from after its lease."""
    numbers: list[int] = []

    async def remember(store: Store, message: Message) -> None:
        numbers.append(message.payload["number"])

    worker = BackgroundWorker(place, clock, {"test.hang": [remember]})
    async with worker.relay.engine.connect() as connection:
        clock.instant = (await connection.execute(select(OutboxRow.available_at))).scalar_one()
    jobs: list[Any] = []

    async def enqueue(row: Any, attempt: int, lease: Any) -> None:
        jobs.append(row)

    await worker.relay.dispatch(enqueue)
    for row in jobs:
        assert await worker.relay.deliver(worker.store, worker.handlers, row)
    await worker.queue.disconnect()
    await worker.relay.close()
    await worker.store.close()
    return numbers
