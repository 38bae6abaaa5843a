"""A backup restored into a fresh server is the same: rows, counters, audit, sequences, policies, roles, files."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from msgspec import Struct
from msgspec.structs import replace
from PIL import Image
from sqlalchemy import make_url, select

from cases.models import Case
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.files import StoredFile
from foundation.key_file import KeyFile
from foundation.secrets import load_secret
from foundation.servers import servers
from foundation.settings import SettingError, Settings, load_settings
from foundation.store import Scope, Store
from migrations.revisions import serves
from migrations.run import newest, present, upgrade
from server.backup import manifest, programs
from server.backup.checking import Check, agreement, as_stated
from server.backup.inventory import take_inventory
from server.backup.making import copy_tree, make_backup
from server.backup.manifest import Inventory, Manifest, NoBackup
from server.backup.restoring import (
    NewerVersion,
    NotEmpty,
    OtherKeys,
    OtherOwner,
    PartsBroken,
    require_sound,
    restore_backup,
)
from server.checkpointing import keep_checkpoints
from server.parts import file_store
from server.schema import bring_up_to_date
from server.seed.first import seed
from tests.conftest import NOON
from tests.databases import clone, drop, unique
from tests.in_memory import folder_of
from tests.world import KEYRING

CLOCK = FrozenClock(NOON)


class Backup(Struct):
    """A backup, the deployment it was made of, and the picture that is its one file."""

    settings: Settings
    source: Endpoints
    folder: Path
    manifest: Manifest
    picture: bytes


def silent(_: str) -> None:
    """Progress is told elsewhere."""


@pytest.fixture(scope="module")
def backup(running_servers: Endpoints, filled_template: str) -> Iterator[Backup]:
    """The province with fictitious cases, a file, and a checkpoint."""
    name = unique("backed")
    clone(running_servers, filled_template, name)
    with deployment() as settings:
        source = running_servers.on_database(name)
        picture = asyncio.run(fill(source, settings))
        folder = settings.data.parent / "backup"
        made = asyncio.run(make_backup(settings, source, CLOCK, folder, silent))
        yield Backup(settings, source, folder, made, picture)
    drop(running_servers, name)


@contextmanager
def deployment() -> Iterator[Settings]:
    """A data folder with a secret of its own."""
    with folder_of("backup") as place:
        settings = load_settings({"TIAOJIE_DATA": f"{place}/data"})
        load_secret(settings.secret_file)
        yield settings


async def fill(source: Endpoints, settings: Settings) -> bytes:
    """Returns the picture's bytes."""
    Sealed.use(KEYRING)
    await seed(source.owner, KEYRING, NOON, light=60, full=6, number=1)
    content = BytesIO()
    Image.new("RGB", (2, 2)).save(content, "PNG")
    store = Store(source.owner, CLOCK, pool_size=2)
    async with store.anonymous() as session:
        case = (await session.scalars(select(Case.id).limit(1))).one()
        await file_store(settings).keep(
            session, case_id=case, recorded_by=UUID(int=1), name="照片.png", content=content.getvalue()
        )
    await store.close()
    app = Store(source.app, CLOCK, pool_size=2)
    assert await keep_checkpoints(app, settings.checkpoints) > 1
    await app.close()
    return content.getvalue()


@pytest.fixture(scope="module")
def restored(backup: Backup) -> Iterator[tuple[Settings, Endpoints, list[Check]]]:
    """Restored into a server of its own, which knows neither roles nor database."""
    with deployment() as settings:
        shutil.copy(backup.settings.secret_file, settings.secret_file)
        if backup.source.owner.partition("//")[2].startswith("tiaojie_owner:"):
            with servers(settings, silent, durable=False) as endpoints:
                yield settings, endpoints, asyncio.run(bring_back(backup, settings, endpoints))
        else:  # the tests run on someone else's server, under another owner's name: a fresh database there
            with fresh(backup.source) as endpoints:
                yield settings, endpoints, asyncio.run(bring_back(backup, settings, endpoints))


@contextmanager
def fresh(source: Endpoints) -> Iterator[Endpoints]:
    """An empty database on the same server."""
    name = unique("empty")
    clone(source, "template0", name)
    yield source.on_database(name)
    drop(source, name)


async def bring_back(backup: Backup, settings: Settings, endpoints: Endpoints) -> list[Check]:
    require_sound(settings, backup.folder, backup.manifest)
    return await restore_backup(settings, endpoints, CLOCK, backup.folder, backup.manifest, silent)


async def test_a_restore_into_a_fresh_server_meets_every_check(
    restored: tuple[Settings, Endpoints, list[Check]], backup: Backup
) -> None:
    checks = restored[2]
    assert [done for done in checks if done.wrong] == []
    assert len(checks) == 16
    assert backup.manifest.inventory.counts["cases"] == 66
    links = sum(head.seq for head in backup.manifest.inventory.heads.values())
    assert links >= backup.manifest.inventory.counts["events"] > 66, links
    assert backup.manifest.inventory.sequences
    assert len(backup.manifest.inventory.schema["policies"]) > 100


async def test_the_application_works_on_what_was_restored(
    restored: tuple[Settings, Endpoints, list[Check]], backup: Backup
) -> None:
    settings, endpoints, _ = restored
    Sealed.use(KEYRING)
    async with reading(endpoints.owner) as store, store.anonymous() as session:
        row = (await session.scalars(select(StoredFile))).one()
        assert row.name == "照片.png"
        assert await file_store(settings).read(row) == backup.picture
    async with reading(endpoints.app) as store:
        async with store.scoped(Scope(1, UUID(int=0))) as session:
            seen = set(await session.scalars(select(Case.id)))
        async with store.anonymous() as session:
            assert list(await session.scalars(select(Case.id))) == []
    assert len(seen) == 66


async def test_the_restore_and_the_backup_stand_in_the_provinces_audit(
    restored: tuple[Settings, Endpoints, list[Check]], backup: Backup
) -> None:
    query = "select action from audit_log where object_kind = 'backup'"
    assert [action for (action,) in await asked(restored[1], query)] == ["backup:restored"]
    assert [action for (action,) in await asked(backup.source, query)] == ["backup:made"]


def test_a_restore_that_was_broken_off_is_served_by_nobody(backup: Backup) -> None:
    with fresh(backup.source) as endpoints:
        programs.restore(endpoints.owner, backup.folder / manifest.DATABASE)
        assert not serves(present(endpoints.owner))
        with pytest.raises(CommandFailed, match="unfinished restore"):
            bring_up_to_date(endpoints, silent)


async def asked(endpoints: Endpoints, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Store]:
    store = Store(url, CLOCK, pool_size=1)
    yield store
    await store.close()


DAMAGE = {
    "各表行数 / rows of every table": (
        "insert into outbox (id, topic, payload, created_at, available_at, attempts)"
        " values (gen_random_uuid(), 'x', '{}', now(), now(), 0)"
    ),
    "统计与重新计数 / counters against a recount": "update tenant_counts set cases = cases + 1",
    "结构 / schema: policies": "drop policy app_never on cases",
    "结构 / schema: row-level security": "alter table cases no force row level security",
    "结构 / schema: triggers": "alter table audit_log disable trigger never_changes",
    "结构 / schema: rights": "grant delete on cases to tiaojie_app",
    "结构 / schema: functions": "alter function audit_append security invoker",
    "已发编号 / numbers given": "update number_series set last = last + 1",
    "审计链头 / heads of the audit": "update audit_heads set hash = sha256('x')",
    "文件齐全 / files are there": (
        "insert into stored_files select gen_random_uuid(), case_id, name, media_type, size, sha256, recorded_at,"
        " recorded_by from stored_files"
    ),
}

FOLLOWS = {
    "审计链头 / heads of the audit": {"审计链、检查点与文件 / audit"},
    "文件齐全 / files are there": {"各表行数 / rows of every table"},
}


@pytest.mark.parametrize("damaged", [None, *DAMAGE])
async def test_whatever_differs_is_named_and_nothing_else(
    running_servers: Endpoints, backup: Backup, damaged: str | None
) -> None:
    name = unique("damaged")
    await asyncio.to_thread(clone, running_servers, str(make_url(backup.source.owner).database), name)
    endpoints = running_servers.on_database(name)
    stated = replace(backup.manifest, inventory=await inventory(endpoints))
    await asked(endpoints, DAMAGE[damaged] if damaged else "select")
    checks = [*await as_stated(endpoints, stated), *await agreement(backup.settings, endpoints, CLOCK)]
    wrong = {done.what for done in checks if done.wrong}
    await asyncio.to_thread(drop, running_servers, name)
    assert wrong == ({damaged, *FOLLOWS.get(damaged, ())} if damaged else set())


async def inventory(endpoints: Endpoints) -> Inventory:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner), server_settings={"timezone": "UTC"})
    try:
        return await take_inventory(connection)
    finally:
        await connection.close()


async def test_only_an_empty_database_is_restored_into(backup: Backup) -> None:
    with deployment() as settings:
        shutil.copy(backup.settings.secret_file, settings.secret_file)
        with pytest.raises(NotEmpty):
            await bring_back(backup, settings, backup.source)


def test_only_empty_folders_are_restored_into(backup: Backup) -> None:
    with fresh(backup.source) as endpoints, pytest.raises(NotEmpty):
        asyncio.run(bring_back(backup, backup.settings, endpoints))


async def test_another_owners_name_is_refused(backup: Backup) -> None:
    other = replace(backup.manifest, owner="somebody")
    with pytest.raises(OtherOwner):
        await restore_backup(backup.settings, backup.source, CLOCK, backup.folder, other, silent)


def test_a_backup_of_an_older_schema_is_brought_up_to_date(backup: Backup, tmp_path: Path) -> None:
    with fresh(backup.source) as old, fresh(backup.source) as new, deployment() as settings:
        upgrade(old.owner, "0016_office")
        made = asyncio.run(make_backup(settings, old, CLOCK, tmp_path / "old", silent))
        checks = asyncio.run(restore_backup(settings, new, CLOCK, tmp_path / "old", made, silent))
        assert made.inventory.revision == "0016_office"
        assert present(new.owner) == newest()
    assert [done for done in checks if done.wrong] == []


def test_what_a_killed_backup_left_does_not_stand_in_the_way_and_no_key_is_forgotten(
    backup: Backup, tmp_path: Path
) -> None:
    (tmp_path / "kept.draft" / "database").mkdir(parents=True)
    with fresh(backup.source) as source, deployment() as settings:
        upgrade(source.owner)

        def exchange_keys(said: str) -> None:
            if "导出" in said:
                file = KeyFile(settings.secret_file)
                file.make_current(file.add())
                file.forget(1)

        made = asyncio.run(make_backup(settings, source, CLOCK, tmp_path / "kept", exchange_keys))
    assert set(made.keys) == {"1", "2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept", "kept.draft"]


def test_drafts_locks_and_what_vanishes_meanwhile_are_not_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "files"
    (source / "ab").mkdir(parents=True)
    for name in ("ab/kept", "ab/gone", "ab/draft#1", "turn.lock"):
        (source / name).write_bytes(b"x")
    copy = shutil.copy2

    def copy_unless_gone(path: Path, target: Path) -> object:
        if path.name == "gone":
            path.unlink()
        return copy(path, target)

    monkeypatch.setattr("server.backup.making.shutil.copy2", copy_unless_gone)
    assert copy_tree(source, tmp_path / "copy") == 1
    assert [path.name for path in (tmp_path / "copy").rglob("*") if path.is_file()] == ["kept"]
    assert copy_tree(tmp_path / "nowhere", tmp_path / "other") == 0


def test_a_backup_of_a_newer_version_is_refused(backup: Backup) -> None:
    newer = replace(backup.manifest, inventory=replace(backup.manifest.inventory, revision="9999_to_come"))
    with pytest.raises(NewerVersion):
        require_sound(backup.settings, backup.folder, newer)


def test_without_the_secret_file_or_with_another_nothing_begins(backup: Backup) -> None:
    with deployment() as settings:
        with pytest.raises(OtherKeys):
            require_sound(settings, backup.folder, backup.manifest)
        settings.secret_file.unlink()
        with pytest.raises(SettingError, match="TIAOJIE_SECRET_FILE"):
            require_sound(settings, backup.folder, backup.manifest)


@pytest.mark.parametrize("part", ["database/toc.dat", "SHA256SUMS"])
def test_an_altered_or_missing_part_is_refused(backup: Backup, tmp_path: Path, part: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(backup.folder, copy)
    (copy / part).write_bytes((copy / part).read_bytes()[:-1])
    with pytest.raises(PartsBroken):
        require_sound(backup.settings, copy, backup.manifest)
    (copy / part).unlink()
    with pytest.raises(PartsBroken):
        require_sound(backup.settings, copy, backup.manifest)


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(NoBackup):
        manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(NoBackup):
        manifest.read(tmp_path)


def test_the_secret_is_not_in_the_backup_and_nobody_else_may_read_it(backup: Backup) -> None:
    secret = backup.settings.secret_file.read_bytes().strip()
    assert backup.folder.stat().st_mode & 0o077 == 0
    assert not any(secret in part.read_bytes() for part in manifest.parts(backup.folder))
    assert not any(path.name == "secret" for path in manifest.parts(backup.folder))


async def test_a_backup_that_fails_leaves_nothing(backup: Backup, tmp_path: Path) -> None:
    gone = backup.source.on_database("no_such_database")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await make_backup(backup.settings, gone, CLOCK, tmp_path / "new", silent)
    assert list(tmp_path.iterdir()) == []
