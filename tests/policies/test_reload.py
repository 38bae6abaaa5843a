"""New rules while a process serves: taken at a notification or the next beat, whole, and never when they are broken."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cases.relations import CaseRelations
from foundation.audit import AuditRow
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from policies import gate
from policies.actions import Action
from policies.editions import RuleEdition, publish
from policies.relations import Relation
from policies.reload import reloading
from policies.rules import FILE, PolicyBroken, RuleBook
from policies.start import open_gate
from policies.table import DecisionTable
from server.commands.policy import publish_on_record
from tests.noted import write_now
from tests.policies.test_rules import GOOD, HEAD

SECONDS = 30
"""For what must come at all; never a measure of speed."""
PROGRAM = FILE.read_text(encoding="utf-8")
NEEDED = [line for line in PROGRAM.splitlines() if line.startswith(("62", "55,"))]
"""Without them no set is sound: who keeps the rules, and what a petitioner may always read."""
SMALL = "\n".join([HEAD, GOOD, *NEEDED, ""])
OTHER = SMALL.replace("handler,C,", "handler,F,")
WATCHES = "from pg_stat_activity where datname = current_database() and query like 'select coalesce(max(number)%'"


class Rests:
    """The pauses of a watch in the test's hands: it goes on at `beat`, and at a notification when it `hears`."""

    def __init__(self, *, hears: bool) -> None:
        self.hears = hears
        self.beat = asyncio.Event()
        self.begun = asyncio.Semaphore(0)

    async def __call__(self, woken: asyncio.Event) -> None:
        self.begun.release()
        signs = [asyncio.create_task(self.beat.wait())]
        if self.hears:
            signs.append(asyncio.create_task(woken.wait()))
        await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
        for sign in signs:
            sign.cancel()
        self.beat.clear()

    async def next(self) -> None:
        """Until the watch has asked, told the answer and rests again."""
        await asyncio.wait_for(self.begun.acquire(), SECONDS)


class Place:
    """A deployment's database of the test's own, as the application and as the owner."""

    def __init__(self, endpoints: Endpoints, clock: FrozenClock) -> None:
        self.url = endpoints.app
        self.app = Store(endpoints.app, clock, pool_size=2)
        self.owner = Store(endpoints.owner, clock, pool_size=1)

    async def publish(self, content: str) -> None:
        async with self.owner.anonymous() as session:
            assert await publish(session, content, "test")

    async def run(self, statement: str, **values: object) -> None:
        async with self.owner.anonymous() as session:
            await session.execute(text(statement), values)

    async def end_listeners(self) -> None:
        """The owner may end the application's connections only as one of its members."""
        async with self.owner.anonymous() as session:
            await session.execute(text("grant tiaojie_app to current_user with inherit true"))
            assert await session.scalar(text(f"select count(pg_terminate_backend(pid)) {WATCHES}")) == 1
            await session.rollback()

    async def watches(self) -> int:
        """How many connections watch; the owner sees what the application does only as one of its members."""
        async with self.owner.anonymous() as session:
            await session.execute(text("grant tiaojie_app to current_user with inherit true"))
            count: int = (await session.execute(text(f"select count(*) {WATCHES}"))).scalar_one()
            await session.rollback()
        return count

    @asynccontextmanager
    async def watched(self, rests: Rests) -> AsyncIterator[None]:
        """A process that serves; it has asked once."""
        async with reloading(self.app, CaseRelations(), self.url, rests):
            await rests.next()
            yield


@pytest.fixture
async def place(fresh_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Place]:
    """Its gate stands open on the rules of the program."""
    opened = Place(fresh_database, clock)
    await open_gate(opened.app, CaseRelations())
    yield opened
    await opened.app.close()
    await opened.owner.close()


@pytest.fixture(autouse=True)
def program_rules_again(book: RuleBook, table: DecisionTable) -> Iterator[None]:
    yield
    gate.use(gate.Gate(book, table, CaseRelations()))


async def test_a_notification_brings_the_new_rules_without_waiting_for_the_poll(place: Place) -> None:
    rests = Rests(hears=True)
    async with place.watched(rests):
        await place.publish(SMALL)
        await rests.next()
        assert (gate.opened().edition, len(gate.opened().book.rules)) == (1, 4)


async def test_a_lost_notification_is_made_good_by_the_next_beat_of_the_poll(place: Place) -> None:
    rests = Rests(hears=False)
    async with place.watched(rests):
        await place.publish(SMALL)
        assert gate.opened().edition == 0
        rests.beat.set()
        await rests.next()
        assert gate.opened().edition == 1


async def test_a_killed_listener_is_replaced_and_misses_nothing(place: Place) -> None:
    rests = Rests(hears=True)
    async with place.watched(rests):
        await place.end_listeners()
        await rests.next()
        await place.publish(SMALL)
        assert gate.opened().edition == 0
        rests.beat.set()
        await rests.next()
        assert gate.opened().edition == 1
        await place.publish(OTHER)
        await rests.next()
        assert gate.opened().edition == 2


async def test_readers_during_reloads_get_the_answers_of_the_old_rules_or_of_the_new(place: Place) -> None:
    cells = [("handler", tier, Relation.HANDLER, Action.CASE_READ) for tier in "CFT"]
    allowed = {SMALL: (True, False, False), OTHER: (False, True, False), PROGRAM: (True, True, True)}
    rests, answers, done = Rests(hears=True), set(), asyncio.Event()

    async def read() -> None:
        while not done.is_set():
            table = gate.opened().table
            answers.add(tuple(table.allows(*cell) for cell in cells))
            await asyncio.sleep(0)

    async with place.watched(rests):
        readers = [asyncio.create_task(read()) for _ in range(4)]
        for content in (SMALL, OTHER, PROGRAM) * 3:
            await place.publish(content)
            await rests.next()
        done.set()
        await asyncio.gather(*readers)
    assert gate.opened().edition == 9
    assert answers == set(allowed.values())


@pytest.mark.parametrize("content", [f"{HEAD}\n", "", SMALL.replace("handler,C,", "hander,C,")])
async def test_an_edition_without_rules_or_with_broken_ones_never_replaces_a_good_one(
    place: Place, content: str
) -> None:
    rests = Rests(hears=True)
    async with place.watched(rests):
        await place.run(
            "insert into rule_editions values (1, 'forged', :content, 'test', '2026-01-01')", content=content
        )
        await rests.next()
        assert (gate.opened().edition, len(gate.opened().book.rules) > 50) == (0, True)
        await place.publish(SMALL)
        await rests.next()
        assert gate.opened().edition == 2


async def test_a_process_that_starts_on_a_broken_edition_does_not_serve(place: Place) -> None:
    await place.run("insert into rule_editions values (1, 'forged', :content, 'test', '2026-01-01')", content=SMALL)
    with pytest.raises(PolicyBroken, match="edition 1 of the rules is not what was made"):
        await open_gate(place.app, CaseRelations())


async def test_broken_rules_are_not_published(place: Place) -> None:
    with pytest.raises(PolicyBroken, match="line 2: nobody knows hander"):
        await place.publish(SMALL.replace("handler,C,", "hander,C,"))
    async with place.owner.anonymous() as session:
        assert (await session.scalars(select(RuleEdition.number))).all() == []


async def test_what_is_in_force_is_not_published_twice(place: Place) -> None:
    async with place.owner.anonymous() as session:
        assert await publish(session, PROGRAM, "test") is None
        assert await publish(session, SMALL, "test")
        assert await publish(session, SMALL, "test") is None


async def test_publishing_is_on_record_in_the_audit(place: Place) -> None:
    async with place.owner.anonymous() as session:
        await publish_on_record(session, SMALL)
        await write_now(session)
        (row,) = (await session.scalars(select(AuditRow).where(AuditRow.action == "policy:publish"))).all()
    assert (row.actor, row.object_kind, row.object_id) == ("system.operator", "rules", "1")


async def test_the_application_can_not_make_an_edition_and_nobody_changes_one(place: Place) -> None:
    await place.publish(SMALL)
    for statement in ("update rule_editions set made_by = 'me'", "delete from rule_editions"):
        with pytest.raises(DBAPIError, match="never changed or removed"):
            await place.run(statement)
    with pytest.raises(DBAPIError, match="permission denied"):
        async with place.app.anonymous() as session:
            await publish(session, OTHER, "test")


async def test_the_watch_ends_with_the_process_that_serves(place: Place) -> None:
    rests = Rests(hears=True)
    async with reloading(place.app, CaseRelations(), place.url, rests):
        await rests.next()
        assert await place.watches() == 1
    assert await place.watches() == 0
