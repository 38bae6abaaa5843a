"""No notice is lost and none comes twice: the queue is killed under load, a worker dies after it has committed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import pytest
from msgspec import structs

from foundation.clock import FrozenClock
from foundation.embedded.account import server_account
from foundation.embedded.folders import Folders, prepare
from foundation.embedded.valkey import Valkey
from foundation.endpoints import Endpoints
from foundation.jobs import LEASE, Message, Relay
from foundation.store import Store
from oversight.notice_job import make
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from server.handlers import BATCHED, HANDLERS, unheard_of
from server.worker import BackgroundWorker
from tests.oversight.telling import notices_of, waiting
from tests.world import World

PASSWORD = "a-queue-of-its-own"
TOLD, EACH = 12, 5
SECONDS = 90


@pytest.fixture
def valkey() -> Iterator[Valkey]:
    """A queue of this test's own, to be killed."""
    with TemporaryDirectory(prefix="tiaojie-queue-") as folder:
        Path(folder).chmod(0o711)
        folders = Folders(Path(folder))
        prepare(folders)
        one = Valkey(folders, server_account(), PASSWORD)
        one.start()
        yield one
        one.stop()


def beside(place: Endpoints, valkey: Valkey) -> Endpoints:
    return structs.replace(place, redis=f"unix://:{PASSWORD}@{quote(str(valkey.socket))}?db=0")


@asynccontextmanager
async def working(place: Endpoints, clock: FrozenClock) -> AsyncIterator[BackgroundWorker]:
    worker = BackgroundWorker(place, clock, HANDLERS)
    running = asyncio.create_task(worker.work())
    try:
        yield worker
    finally:
        worker.saq.event.set()
        await asyncio.wait_for(running, SECONDS)


async def told(world: World, number: int) -> None:
    """So many facts in one transaction, each of which the director is to hear once."""
    person = (await world.subject("xgll.director")).person_id
    async with world.as_("jiantang.head") as (session, _):
        for one in range(EACH):
            await tell(session, NoticeKind.CASE_CHANGED, f"fact:{number}:{one}", address="/desk", persons=[person])


async def drained(world: World, clock: FrozenClock) -> None:
    """What was leased to a queue that died comes back when its lease is over."""
    async with asyncio.timeout(SECONDS):
        while await waiting(world):
            clock.advance(seconds=LEASE.total_seconds() / 4)
            await asyncio.sleep(0.2)


async def test_the_queue_killed_and_started_again_under_load_loses_no_notice_and_brings_none_twice(
    own_world: World, own_province: Endpoints, valkey: Valkey, clock: FrozenClock
) -> None:
    place = beside(own_province, valkey)
    async with working(place, clock), working(place, clock):
        for number in range(TOLD):
            await told(own_world, number)
            if number in (TOLD // 3, 2 * TOLD // 3):
                assert valkey.pid is not None
                os.kill(valkey.pid, signal.SIGKILL)
            if number == TOLD // 2:
                await asyncio.to_thread(valkey.start)
            await asyncio.sleep(0.1)
        await asyncio.to_thread(valkey.start)
        await drained(own_world, clock)
    causes = [one.cause for one in await notices_of(own_world, "xgll.director")]
    assert sorted(causes) == sorted(f"fact:{number}:{one}" for number in range(TOLD) for one in range(EACH))


async def test_a_worker_that_dies_after_it_has_made_notices_makes_them_once(
    own_world: World, own_province: Endpoints, clock: FrozenClock
) -> None:
    """The rows are not done, so they come again; what concerns a case that is none is told to nobody."""

    async def dies(store: Store, messages: object) -> None:
        await make(store, await waiting(own_world))
        raise ConnectionError

    async def makes(store: Store, messages: Sequence[Message]) -> None:
        await make(store, messages)

    await told(own_world, 1)
    ids = [message.id for message in await waiting(own_world)]
    dying = Relay(own_province.relay, clock, {}, unheard_of(HANDLERS), dict.fromkeys(BATCHED, dies))
    assert not await dying.deliver_many(own_world.store, HANDLERS, ids)
    await dying.close()
    assert len(await waiting(own_world)) == EACH
    person = (await own_world.subject("xgll.director")).person_id
    async with own_world.as_("jiantang.head") as (session, _):
        await tell(session, NoticeKind.CASE_CHANGED, "fact:last", address="/desk", persons=[person])
        await tell(session, NoticeKind.CASE_CHANGED, "fact:bad", case_id=person, address="/desk", persons=[person])
    clock.advance(seconds=LEASE.total_seconds())
    ids = [message.id for message in await waiting(own_world)]
    after = Relay(own_province.relay, clock, {}, unheard_of(HANDLERS), dict.fromkeys(BATCHED, makes))
    assert await after.deliver_many(own_world.store, HANDLERS, ids)
    await after.close()
    assert await waiting(own_world) == []
    causes = [one.cause for one in await notices_of(own_world, "xgll.director")]
    assert sorted(causes) == sorted([*(f"fact:1:{one}" for one in range(EACH)), "fact:last"])
