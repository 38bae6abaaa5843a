"""Exchanging keys while the application runs: nothing lost, nothing left, and every step can be broken off."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from cases.identity_index import IdentityIndex
from cases.models import Case
from cases.papers import Paper
from cases.parties import Party
from cases.relations import CaseRelations
from foundation import suites
from foundation.audit import AuditRow
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints
from foundation.files import FileStore, StoredFile
from foundation.key_file import KeyFile, create
from foundation.keyring import FIELDS, FILES, Keyring, header_of
from foundation.store import Store
from foundation.suites import Suite
from migrations.metadata import metadata
from policies.actions import Action
from policies.start import open_gate
from server.catalogue import catalogue
from server.resealing import columns, sweep
from server.resealing.record import record
from server.resealing.report import told_usage
from server.resealing.sweep import Sweep
from tenants.background import BLIND_PURPOSE, DeclaredKin
from tests.api.test_files import picture
from tests.databases import clone, drop, unique
from tests.identity import identity_number
from tests.people import registration
from tests.world import World

PARTIES = next(one for one in columns.sealed_tables() if one.name == "parties")


class Deployment:
    """A province of its own with a key file of its own: the application's ring, and the operator's sweep."""

    def __init__(self, world: World, store: Store, folder: Path) -> None:
        create(folder / "secret")
        self.folder, self.world, self.operator = folder, world, KeyFile(folder / "secret")
        self.application = Keyring.following(KeyFile(folder / "secret").keys, FIELDS)
        self.files = FileStore.on_disk(folder / "files", Keyring.following(KeyFile(folder / "secret").keys, FILES))
        ring = Keyring.following(self.operator.keys, FIELDS)
        self.sweep = Sweep(store, ring, self.files, size=5)
        Sealed.use(self.application)

    async def register(self) -> Case:
        form = await registration(self.world, persons=4)
        form["petitioners"][0]["id_number"] = identity_number()
        return (await self.world.register("jiantang.clerk", **form)).case

    async def keep(self, case_id: UUID) -> StoredFile:
        clerk = await self.world.subject("jiantang.clerk")
        async with self.world.owner() as session:
            return await self.files.keep(
                session, case_id=case_id, recorded_by=clerk.person_id, name="照片.jpg", content=picture()
            )

    def change_keys(self) -> int:
        key = self.operator.add()
        self.operator.make_current(key)
        return key

    async def plain(self) -> list[Any]:
        """What the application reads: every party and paper."""
        async with self.world.owner() as session:
            parties = await session.execute(select(Party.name, Party.identity, Party.contact).order_by(Party.id))
            papers = await session.execute(select(Paper.content).order_by(Paper.id))
            return [*parties.all(), *papers.all()]

    async def headers(self) -> set[bytes | None]:
        return {header for counts in (await self.sweep.usage()).values() for header in counts}


@pytest.fixture(scope="module")
def rotating(running_servers: Endpoints, filled_template: str) -> Iterator[Endpoints]:
    """A database of these tests' own: a sweep goes over all there is."""
    name = unique("keys")
    clone(running_servers, filled_template, name)
    yield running_servers.on_database(name)
    drop(running_servers, name)


@pytest.fixture
async def deployment(rotating: Endpoints, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Deployment]:
    """With two cases and a file, sealed with key 1, and nothing that others sealed."""
    application, owner = Store(rotating.app, clock, pool_size=4), Store(rotating.owner, clock, pool_size=3)
    await open_gate(application, CaseRelations())
    async with owner.anonymous() as session:
        await session.execute(text("truncate cases cascade"))
        for one in columns.sealed_tables():
            await session.execute(text(f"delete from {one.name}"))
    made = Deployment(World(application, clock, catalogue(), rotating.owner), owner, tmp_path)
    case = await made.register()
    await made.register()
    await made.keep(case.id)
    yield made
    await made.world.close()
    await owner.close()


def silent(place: str, made: int) -> None:
    """Nobody listens."""


def test_every_sealed_column_of_the_house_is_swept() -> None:
    swept = {f"{one.name}.{column.name}" for one in columns.sealed_tables() for column in one.columns}
    sealed = {str(column) for table in metadata.tables.values() for column in table.columns
              if isinstance(column.type, Sealed)}  # fmt: skip
    assert swept == sealed and len(sealed) > 20


async def test_after_a_rotation_everything_stands_under_the_new_key_and_reads_as_before(deployment: Deployment) -> None:
    before = await deployment.plain()
    key = deployment.change_keys()
    exchanged = await deployment.sweep.run(silent)
    assert exchanged.made > 10 and exchanged.unreadable == 0
    assert await deployment.headers() == {header_of(Suite.INTERNATIONAL, key)}
    assert await deployment.plain() == before
    assert await deployment.sweep.left(1) == {}


async def test_a_second_run_finds_nothing_to_do(deployment: Deployment) -> None:
    deployment.change_keys()
    await deployment.sweep.run(silent)
    assert (await deployment.sweep.run(silent)).made == 0


async def test_broken_off_it_goes_on_where_it_stopped(deployment: Deployment) -> None:
    before = await deployment.plain()
    deployment.change_keys()
    whole = await deployment.sweep.waiting()
    heard: Counter[str] = Counter()

    def break_off(place: str, made: int) -> None:
        heard[place] += made
        if sum(heard.values()) > 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await deployment.sweep.run(break_off)
    left = await deployment.sweep.waiting()
    assert 0 < left < whole
    await deployment.sweep.run(silent)
    assert await deployment.sweep.waiting() == 0
    assert await deployment.plain() == before


async def test_killed_it_goes_on_where_it_stopped(deployment: Deployment) -> None:
    """As a process, with SIGKILL, in the middle of a table."""
    before = await deployment.plain()
    deployment.change_keys()
    whole = await deployment.sweep.waiting()
    arguments = ("-m", "tests.server.rotating_process", deployment.world.owner_url, str(deployment.folder))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE)
    assert process.stdout is not None
    for _ in range(5):
        assert await asyncio.wait_for(process.stdout.readline(), 30)
    process.kill()
    await process.wait()
    left = await deployment.sweep.waiting()
    assert 0 < left <= whole - 4
    assert (await deployment.sweep.run(silent)).made >= left
    assert await deployment.sweep.waiting() == 0
    assert await deployment.plain() == before


async def test_what_a_user_changes_meanwhile_is_not_lost(deployment: Deployment) -> None:
    deployment.change_keys()
    ring = deployment.sweep.ring
    async with deployment.sweep.store.anonymous() as session:
        rows = await columns.batch(session, PARTIES, ring.header, None, 3)
        changed = rows[0][0]
        async with deployment.world.owner() as other:
            await other.execute(update(Party).where(Party.id == changed).values(name="后改的名字"))
        assert (await columns.exchange(session, PARTIES, rows, ring)).made == len(rows) - 1
    await deployment.sweep.run(silent)
    async with deployment.world.owner() as session:
        assert await session.scalar(select(Party.name).where(Party.id == changed)) == "后改的名字"


async def test_the_application_works_on_through_the_whole_of_it(deployment: Deployment) -> None:
    """One ring, never told of anything: it seals, opens and finds before, during and after."""
    made = [await deployment.register()]
    deployment.change_keys()

    async def work() -> None:
        for _ in range(5):
            made.append(await deployment.register())

    await asyncio.gather(deployment.sweep.run(silent), work())
    await deployment.sweep.run(silent)
    deployment.operator.forget(1)
    made.append(await deployment.register())
    plain = await deployment.plain()
    assert sum(row[0] == "和春生" for row in plain if len(row) == 3) == len(made) + 2
    async with deployment.world.owner() as session:
        assert len((await session.scalars(select(IdentityIndex.party_id))).all()) == len(made) + 2


async def test_a_transaction_that_began_before_is_waited_for(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "PAUSE", 0.01)
    async with deployment.world.owner() as session:
        await session.execute(text("select pg_current_xact_id()"))
        waiting = asyncio.create_task(deployment.sweep.older_transactions_end())
        await asyncio.wait([waiting], timeout=0.2)
        assert not waiting.done()
    await asyncio.wait_for(waiting, 10)


async def test_one_that_never_ends_is_named(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "PAUSE", 0.001)
    monkeypatch.setattr(sweep, "PATIENCE", 3)
    async with deployment.world.owner() as session:
        await session.execute(text("select pg_current_xact_id()"))
        with pytest.raises(CommandFailed, match="transaction"):
            await deployment.sweep.left(1)


async def test_a_process_that_goes_on_with_the_old_key_is_named(deployment: Deployment) -> None:
    stubborn = Keyring(deployment.operator.keys().roots, 1)
    deployment.change_keys()
    async with deployment.world.owner() as session:
        party = (await session.scalars(select(Party.id).limit(1))).one()

    async def write_again() -> None:
        async with deployment.sweep.store.anonymous() as session:
            sealed = stubborn.seal('"旧"'.encode(), "parties.name")
            await session.execute(text("update parties set name = :n where id = :id"), {"n": sealed, "id": party})

    class Stubborn(Sweep, frozen=True):
        async def once(self, told: Any) -> Any:
            await write_again()
            return await super().once(told)

    with pytest.raises(CommandFailed, match="old key"):
        await Stubborn(deployment.sweep.store, deployment.sweep.ring, deployment.files).run(silent)


async def test_what_was_altered_is_counted_and_stops_nothing(deployment: Deployment) -> None:
    async with deployment.sweep.store.anonymous() as session:
        party = (await session.scalars(select(Party.id).where(Party.contact.is_not(None)).limit(1))).one()
        spoiled = text("update parties set contact = set_byte(contact, 20, get_byte(contact, 20) # 1) where id = :id")
        await session.execute(spoiled, {"id": party})
    deployment.change_keys()
    exchanged = await deployment.sweep.run(silent)
    assert exchanged.unreadable == 1
    assert set(await deployment.sweep.left(1)) == {"parties"}


async def test_the_old_key_is_needed_until_the_sweep_is_over(deployment: Deployment) -> None:
    deployment.change_keys()
    left = await deployment.sweep.left(1)
    assert {"parties", "papers", "stored_files", "identity_index", "files"} <= set(left)


async def test_a_file_is_sealed_anew_and_comes_back_as_it_was(deployment: Deployment) -> None:
    key = deployment.change_keys()
    await deployment.sweep.run(silent)
    deployment.operator.forget(1)
    async with deployment.world.owner() as session:
        row = (await session.scalars(select(StoredFile))).one()
    assert await deployment.files.header(row.id) == header_of(Suite.INTERNATIONAL, key)
    assert await deployment.files.read(row) == picture()


async def test_missing_files_and_missing_keys_are_told(deployment: Deployment) -> None:
    async with deployment.world.owner() as session:
        row = (await session.scalars(select(StoredFile))).one()
        lost = Keyring({9: bytes(32)}, 9).seal(b'"x"', "parties.name")
        await session.execute(
            text("update parties set name = :n where ordinal = 1 and side = 'petitioner'"), {"n": lost}
        )
    deployment.files.objects.delete(f"{row.id.hex[-2:]}/{row.id}")
    told = "\n".join(told_usage(deployment.operator.keys(), await deployment.sweep.usage()))
    assert "1\t现用 present\tinternational:" in told
    assert "9\t缺失 MISSING\tinternational: 2 值 values" in told
    assert told.endswith("files not in the store\t1")


async def test_the_sweep_moves_everything_to_the_other_suite_and_back(deployment: Deployment) -> None:
    before = await deployment.plain()
    for suite in (Suite.NATIONAL, Suite.INTERNATIONAL):
        suites.choose(suite)
        await deployment.sweep.run(silent)
        assert await deployment.headers() == {header_of(suite, 1)}
        assert await deployment.plain() == before


async def test_an_identity_that_is_not_in_the_index_yet_gets_in(deployment: Deployment) -> None:
    async with deployment.sweep.store.anonymous() as session:
        await session.execute(text("delete from identity_index"))
    await deployment.sweep.run(silent)
    assert (await deployment.sweep.usage())["identity_index"] == {header_of(Suite.INTERNATIONAL, 1): 2}


async def test_a_relative_s_number_that_was_declared_is_found_under_the_new_key_as_well(deployment: Deployment) -> None:
    number, person = identity_number(), (await deployment.world.subject("xgll.lawyer")).person_id
    async with deployment.world.owner() as session:
        blind = deployment.application.blind(number.encode(), BLIND_PURPOSE)
        told = {"kin": "spouse", "number": number, "recorded_at": deployment.world.clock.now(), "recorded_by": person}
        session.add(DeclaredKin(id=person, person_id=person, blind=blind, **told))
    deployment.change_keys()
    await deployment.sweep.run(silent)
    deployment.operator.forget(1)
    async with deployment.world.owner() as session:
        row = await session.get_one(DeclaredKin, person)
        assert row.blind in deployment.application.blinds(number.encode(), BLIND_PURPOSE)
    assert await deployment.sweep.left(1) == {}


async def test_what_was_done_with_keys_stands_in_the_audit_of_the_province(deployment: Deployment) -> None:
    await record(deployment.sweep.store, Action.KEY_ROTATE, 2, sealed=40)
    async with deployment.world.owner() as session:
        link = (await session.scalars(select(AuditRow).where(AuditRow.object_kind == "key"))).one()
    assert (link.actor, link.action, link.object_id, link.detail) == (
        "system.operator",
        "key:rotate",
        "2",
        {"sealed": 40},
    )
