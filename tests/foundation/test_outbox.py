"""What an act leaves for later is delivered at least once, whatever dies in between."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.jobs import LEASE, LONGEST_PAUSE, MOST_ATTEMPTS, UNFINISHED, Handlers, Message, Relay, pause
from foundation.outbox import OutboxRow, publish
from foundation.store import Scope, Store


@pytest.fixture
async def own_store(fresh_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(fresh_database.app, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def relay(fresh_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Relay]:
    opened = Relay(fresh_database.relay, clock, {"test.long": 5 * LEASE})
    yield opened
    await opened.close()


class Listener:
    """A handler that remembers; it fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.got: list[Message] = []
        self.failures = failures

    async def __call__(self, store: Store, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise ValueError("text with a name in it")
        self.got.append(message)


class Queue:
    """Stands between dispatch and delivery; may be unreachable."""

    def __init__(self, reachable: bool = True) -> None:
        self.reachable = reachable
        self.jobs: list[tuple[UUID, int]] = []

    async def enqueue(self, row: UUID, attempt: int, lease: timedelta) -> None:
        if not self.reachable:
            raise ConnectionError
        self.jobs.append((row, attempt))


async def leave(store: Store, topic: str = "test.topic", **payload: Any) -> None:
    async with store.scoped(Scope(1, uuid4())) as session:
        await publish(session, topic, **payload)


async def rows(relay: Relay) -> list[Any]:
    async with relay.engine.connect() as connection:
        return list((await connection.execute(select(OutboxRow.__table__).order_by(OutboxRow.id))).all())


async def run_once(relay: Relay, store: Store, handlers: Handlers) -> list[bool]:
    queue = Queue()
    await relay.dispatch(queue.enqueue)
    return [await relay.deliver(store, handlers, row) for row, _ in queue.jobs]


async def test_a_row_reaches_its_handler_and_is_done(own_store: Store, relay: Relay, clock: FrozenClock) -> None:
    await leave(own_store, case="a")
    listener = Listener()
    assert await run_once(relay, own_store, {"test.topic": [listener]}) == [True]
    assert [message.payload for message in listener.got] == [{"case": "a"}]
    assert [row.done_at for row in await rows(relay)] == [clock.now()]
    assert await relay.waiting() == (0, None)


async def test_a_transaction_that_fails_leaves_no_message(own_store: Store, relay: Relay) -> None:
    with pytest.raises(RuntimeError):
        async with own_store.scoped(Scope(1, uuid4())) as session:
            await publish(session, "test.topic")
            raise RuntimeError
    assert await rows(relay) == []


async def test_a_failure_is_kept_by_its_name_and_tried_again_after_a_pause(
    own_store: Store, relay: Relay, clock: FrozenClock
) -> None:
    await leave(own_store)
    handlers = {"test.topic": [listener := Listener(failures=2)]}
    assert await run_once(relay, own_store, handlers) == [False]
    (row,) = await rows(relay)
    assert (row.last_error, row.available_at) == ("ValueError", clock.now() + pause(1))
    assert await run_once(relay, own_store, handlers) == [], "not before the pause is over"
    clock.advance(seconds=pause(1).total_seconds())
    assert await run_once(relay, own_store, handlers) == [False]
    clock.advance(seconds=pause(2).total_seconds())
    assert await run_once(relay, own_store, handlers) == [True]
    assert len(listener.got) == 1


async def test_a_message_that_the_queue_lost_is_queued_again_when_its_lease_ends(
    own_store: Store, relay: Relay, clock: FrozenClock
) -> None:
    await leave(own_store)
    lost = Queue()
    assert await relay.dispatch(lost.enqueue) == 1
    assert await relay.dispatch(lost.enqueue) == 0
    clock.advance(seconds=LEASE.total_seconds())
    found = Queue()
    assert await relay.dispatch(found.enqueue) == 1
    assert found.jobs[0] == (lost.jobs[0][0], 2)


async def test_what_takes_long_has_the_lease_of_its_topic(own_store: Store, relay: Relay, clock: FrozenClock) -> None:
    await leave(own_store)
    await leave(own_store, "test.long")
    assert await relay.dispatch(Queue().enqueue) == 2
    for more, due in ((LEASE, ["test.topic"]), (4 * LEASE, ["test.long", "test.topic"])):
        clock.advance(seconds=more.total_seconds())
        queue = Queue()
        await relay.dispatch(queue.enqueue)
        topics = {row.id: row.topic for row in await rows(relay)}
        assert sorted(topics[row] for row, _ in queue.jobs) == due


async def test_an_unreachable_queue_takes_no_lease(own_store: Store, relay: Relay) -> None:
    await leave(own_store)
    with pytest.raises(ConnectionError):
        await relay.dispatch(Queue(reachable=False).enqueue)
    back = Queue()
    assert await relay.dispatch(back.enqueue) == 1
    assert back.jobs[0][1] == 1


async def test_many_dispatchers_queue_each_row_once(own_store: Store, relay: Relay) -> None:
    for number in range(30):
        await leave(own_store, number=number)
    queue = Queue()
    counts = await asyncio.gather(*(relay.dispatch(queue.enqueue) for _ in range(6)))
    assert sum(counts) == 30
    assert len({row for row, _ in queue.jobs}) == 30


async def test_two_deliveries_of_one_row_call_the_handler_once(own_store: Store, relay: Relay) -> None:
    await leave(own_store)
    queue, listener = Queue(), Listener()
    await relay.dispatch(queue.enqueue)
    row = queue.jobs[0][0]
    done = await asyncio.gather(*(relay.deliver(own_store, {"test.topic": [listener]}, row) for _ in range(4)))
    assert done == [True] * 4
    assert len(listener.got) == 1


async def test_a_topic_the_worker_does_not_know_stays_in_sight(own_store: Store, relay: Relay) -> None:
    await leave(own_store, "test.unknown")
    assert await run_once(relay, own_store, {}) == [False]
    (row,) = await rows(relay)
    assert (row.done_at, row.last_error) == (None, "UnknownTopic")
    assert (await relay.waiting())[0] == 1


async def test_what_is_done_is_forgotten_after_a_while_and_what_waits_never(
    own_store: Store, relay: Relay, clock: FrozenClock
) -> None:
    await leave(own_store)
    await run_once(relay, own_store, {"test.topic": []})
    await leave(own_store, "test.unknown")
    clock.advance(days=60)
    assert await relay.forget(clock.now()) == 1
    assert [row.topic for row in await rows(relay)] == ["test.unknown"]


async def test_the_relay_sees_nothing_but_its_own_tables(relay: Relay) -> None:
    query = """select table_name from information_schema.role_table_grants
               where grantee = 'tiaojie_relay' and table_schema = 'public'"""
    async with relay.engine.connect() as connection:
        tables = {row[0] for row in await connection.exec_driver_sql(query)}
    assert tables == {"outbox", "idempotency_keys", "job_runs"}


def test_pauses_grow_to_an_hour() -> None:
    assert [pause(n).total_seconds() for n in (1, 2, 3)] == [2, 4, 8]
    assert pause(40) == LONGEST_PAUSE


async def test_what_failed_too_often_is_set_aside_and_hinders_nobody(
    own_store: Store, relay: Relay, clock: FrozenClock
) -> None:
    await leave(own_store, "test.poison", case="a")
    listener = Listener(failures=MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        assert await run_once(relay, own_store, {"test.poison": [listener]}) == [False]
        clock.advance(seconds=LONGEST_PAUSE.total_seconds())
    (poison,) = await rows(relay)
    assert (poison.done_at, poison.last_error, poison.attempts) == (None, "ValueError", MOST_ATTEMPTS)
    assert poison.set_aside_at is not None and poison.payload == {"case": "a"}, "nothing of it is lost"
    await leave(own_store)
    handlers = {"test.poison": [listener], "test.topic": [Listener()]}
    assert await run_once(relay, own_store, handlers) == [True], "only the other one"
    assert await relay.deliver(own_store, handlers, poison.id), "a late job of the queue finds nothing to do"
    assert listener.got == [] and await relay.waiting() == (0, None) and await relay.set_aside() == 1


async def test_a_message_that_kills_its_worker_each_time_is_set_aside_too(
    own_store: Store, relay: Relay, clock: FrozenClock
) -> None:
    await leave(own_store)
    for _ in range(MOST_ATTEMPTS):
        queue = Queue()
        assert await relay.dispatch(queue.enqueue) == 1 and len(queue.jobs) == 1
        clock.advance(seconds=LEASE.total_seconds())
    queue = Queue()
    assert await relay.dispatch(queue.enqueue) == 1 and queue.jobs == []
    (row,) = await rows(relay)
    assert (row.done_at, row.last_error) == (None, UNFINISHED) and row.set_aside_at == clock.now()
