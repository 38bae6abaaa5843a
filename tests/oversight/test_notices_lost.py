"""No notice is lost and none comes twice: the queue is killed under load, a worker dies after it has committed."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import msgspec
import pytest
from msgspec import structs
from sqlalchemy import select

from foundation.clock import FrozenClock
from foundation.embedded.account import server_account
from foundation.embedded.folders import Folders, prepare
from foundation.embedded.valkey import Valkey
from foundation.endpoints import Endpoints
from foundation.ids import new_id
from foundation.jobs import LEASE, UNDONE, Message, Relay
from foundation.mail import MailServer
from foundation.outbox import OutboxRow
from foundation.store import Store
from oversight import channel_deliveries, channel_sending, senders, webhook_sending
from oversight.channel_models import Delivery, DeliveryItem, DeliveryState
from oversight.channels import ChannelKind, NoticeChannel
from oversight.notice_job import make
from oversight.notice_kinds import NoticeKind
from oversight.senders import Outside, Words
from oversight.telling import tell
from oversight.webhook_models import Webhook, WebhookEvent
from oversight.webhook_signing import new_secret
from server.handlers import BATCHED, HANDLERS, unheard_of
from server.outside import ByMail
from server.worker import BackgroundWorker
from tests.oversight.outside import PLATFORM, SmtpSink, WebSink, listening
from tests.oversight.telling import notices_of, waiting
from tests.people import registration
from tests.world import World

PASSWORD = "a-queue-of-its-own"
TOLD, EACH = int(os.environ.get("TIAOJIE_LOST_ROUNDS", "12")), 5
"""More of them for a longer look."""
SECONDS = 90
LOCAL = ("127.0.0.0/8",)
WHO = "xgll.director"


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
    worker = BackgroundWorker(place, clock, HANDLERS, networks=LOCAL)  # it sends too, each quarter of a minute
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


async def has_channel_and_webhook(world: World, mail: int, web: int) -> None:
    """The director's own proved letter-box, and a system of the county that asks for what is registered."""
    subject = await world.subject(WHO)
    now = world.clock.now()
    async with world.store.scoped(subject.scope) as session:
        usual = {"switched_on": True, "urgent_only": False, "muted": [], "language": "zh", "verified_at": now}
        row = NoticeChannel(id=new_id(now), person_id=subject.person_id, kind="mail", made_at=now, **usual)
        row.address, row.code_tries = "director@example.cn", 0
        session.add(row)
    async with world.owner() as session:
        hook = Webhook(id=new_id(now), tenant_id=subject.tenant_id, name="x", url=f"http://127.0.0.1:{web}/")
        hook.secret, hook.events = new_secret(), [WebhookEvent.REGISTERED.value]
        hook.registered_by, hook.registered_at = subject.person_id, now
        session.add(hook)
    letters = ByMail(MailServer(f"smtp://127.0.0.1:{mail}", "platform@example.cn", world.clock))
    senders.use(Outside({ChannelKind.MAIL: letters}, PLATFORM))


async def sent(world: World) -> int:
    """Two workers at once, as the clock calls them."""
    several = [*(channel_sending.send_due(world.store) for _ in range(2))]
    return sum(await asyncio.gather(*several, *(webhook_sending.send_due(world.store, LOCAL) for _ in range(2))))


async def undone(world: World) -> int:
    async with world.owner() as session:
        return len((await session.scalars(select(OutboxRow.id).where(*UNDONE))).all())


async def under_load(world: World, valkey: Valkey) -> set[str]:
    """Facts and cases, while the queue is killed twice and what is due goes out; the cases."""
    cases = set()
    for number in range(TOLD):
        await told(world, number)
        cases.add(str((await world.register("jiantang.clerk", **await registration(world, persons=1))).case.id))
        if number in (TOLD // 3, 2 * TOLD // 3):
            assert valkey.pid is not None
            os.kill(valkey.pid, signal.SIGKILL)
        if number == TOLD // 2:
            await asyncio.to_thread(valkey.start)
        await sent(world)
    await asyncio.to_thread(valkey.start)
    return cases


async def test_the_queue_killed_under_load_loses_no_letter_and_no_call_and_sends_none_twice(
    own_world: World, own_province: Endpoints, valkey: Valkey, clock: FrozenClock
) -> None:
    place, mail, web, before = beside(own_province, valkey), SmtpSink(), WebSink(), senders.chosen()
    async with listening(mail) as mail_port, listening(web) as web_port:
        await has_channel_and_webhook(own_world, mail_port, web_port)
        async with working(place, clock) as one, working(place, clock) as other:
            while not (one.interest.events and other.interest.events):  # asked with the first beat
                await asyncio.sleep(0.05)
            cases = await under_load(own_world, valkey)
            async with asyncio.timeout(SECONDS):
                while await undone(own_world):
                    clock.advance(seconds=LEASE.total_seconds() / 4)
                    await asyncio.sleep(0.2)
        while await sent(own_world):
            pass
    senders.use(before)
    notices = {one.id for one in await notices_of(own_world, WHO)}
    assert len(notices) >= TOLD * EACH
    async with own_world.owner() as session:
        items = (await session.scalars(select(DeliveryItem.notice_id))).all()
        states = set(await session.scalars(select(Delivery.state)))
    assert len(items) == len(notices) and set(items) == notices and states == {DeliveryState.SENT}
    assert sum(int("".join(filter(str.isdigit, letter["Subject"]))) for letter in mail.letters) == len(notices)
    assert len({letter["Message-ID"] for letter in mail.letters}) == len(mail.letters)
    called = [msgspec.json.decode(body)["data"]["case"] for _, body in web.got]
    assert len(called) == len(cases) and set(called) == cases


async def test_a_letter_whose_worker_died_before_it_could_say_so_goes_again_under_the_same_mark(
    own_world: World, clock: FrozenClock
) -> None:
    """Then nobody knows whether it went: a server or a reader drops the second by its Message-ID."""
    taken: list[Words] = []
    dying = [True]

    class Taker:
        async def send(self, words: Words) -> None:
            taken.append(words)
            if dying:
                raise asyncio.CancelledError(dying.pop())

    await has_channel_and_webhook(own_world, 1, 1)
    before = senders.chosen()
    senders.use(Outside({ChannelKind.MAIL: Taker()}, PLATFORM))
    await told(own_world, 1)
    news = await make(own_world.store, await waiting(own_world))
    payload = {"notices": [str(one.id) for one in news]}
    await channel_deliveries.prepare(own_world.store, Message(new_id(clock.now()), "notice.made", payload))
    with pytest.raises(asyncio.CancelledError):
        await channel_sending.send_due(own_world.store)
    assert await channel_sending.send_due(own_world.store) == 0, "leased: it may be under way"
    clock.advance(seconds=channel_sending.LEASE.total_seconds())
    assert [await channel_sending.send_due(own_world.store) for _ in range(2)] == [1, 0]
    senders.use(before)
    first, second = taken
    assert first == second
