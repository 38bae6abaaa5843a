"""Making a backup while the application runs: everything is of one instant."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

import asyncpg
from sqlalchemy import make_url, text

from foundation import audit
from foundation.audit_file import CheckpointFile
from foundation.clock import Clock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.grammar import Happening, Word
from foundation.progress import Progress
from foundation.settings import Settings
from foundation.store import Store
from server.backup import manifest, programs
from server.backup.inventory import take_inventory
from server.backup.keys import key_proofs
from server.backup.manifest import CHECKPOINTS, DATABASE, FILES, Inventory, Manifest

FORMAT = 1
TOP = text("select id from tenants where parent_id is null order by id limit 1")


async def make_backup(
    settings: Settings, endpoints: Endpoints, clock: Clock, folder: Path, progress: Progress
) -> Manifest:
    """Into `folder`, which must not exist; it appears whole or not at all. Raises CommandFailed, OSError.

    Each has a draft of its own: what a killed one left, pg_dump may still be writing to.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix=f"{folder.name}.", suffix=".draft", dir=folder.parent))
    try:
        made = await _fill(settings, endpoints, clock, draft, progress)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft)
        raise
    await note(endpoints.owner, clock, Happening.BACKUP_MADE, made)
    return made


async def _fill(settings: Settings, endpoints: Endpoints, clock: Clock, draft: Path, progress: Progress) -> Manifest:
    keys = key_proofs(settings.secret_file)
    inventory = await _database(settings, endpoints, draft, progress)
    progress("正在复制文件 / copying the files")
    files = await asyncio.to_thread(copy_tree, settings.data / "files", draft / FILES)
    progress("正在计算校验值 / reckoning the digests")
    made = Manifest(
        format=FORMAT,
        version=version("tiaojie"),
        made_at=clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        owner=str(make_url(endpoints.owner).username),
        keys=keys | key_proofs(settings.secret_file),  # one that is retired meanwhile has sealed what was dumped
        inventory=inventory,
        files=files,
        sums=await asyncio.to_thread(manifest.seal, draft),
    )
    manifest.write(draft, made)
    return made


async def _database(settings: Settings, endpoints: Endpoints, draft: Path, progress: Progress) -> Inventory:
    """One snapshot for the counts, for pg_dump, and for the checkpoints' file, whose folder is held meanwhile."""
    checkpoints = CheckpointFile(settings.checkpoints)
    with checkpoints.turn(wait=True):
        async with _snapshot(endpoints.owner) as (connection, name):
            await asyncio.to_thread(copy_tree, settings.checkpoints, draft / CHECKPOINTS)
            progress("正在清点数据库 / counting what is in the database")
            inventory = await take_inventory(connection)
            progress("正在导出数据库 / dumping the database")
            await asyncio.to_thread(programs.dump, endpoints.owner, draft / DATABASE, name)
    return inventory


@asynccontextmanager
async def _snapshot(owner_url: str) -> AsyncIterator[tuple[asyncpg.Connection, str]]:
    connection = await asyncpg.connect(asyncpg_dsn(owner_url), server_settings={"timezone": "UTC"})
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection, await connection.fetchval("select pg_export_snapshot()")
    finally:
        await connection.close()


def copy_tree(source: Path, target: Path) -> int:
    """Copy what lies below `source` (which may not exist yet) and is whole; returns how many files."""
    copied = 0
    for path in source.rglob("*"):
        if path.is_file() and path.suffix != ".lock" and "#" not in path.name:  # the file store's drafts have a #
            copied += _copied(path, target / path.relative_to(source))
    return copied


def _copied(path: Path, copy: Path) -> bool:
    """A file that vanishes meanwhile belonged to a transaction that was rolled back."""
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        shutil.copy2(path, copy)
    except FileNotFoundError:
        return False
    return True


async def note(owner_url: str, clock: Clock, action: Word, made: Manifest) -> None:
    """Who carries all data away, or brings it back, stands in the province's audit."""
    store = Store(owner_url, clock, pool_size=1)
    async with store.anonymous() as session:
        province = await session.scalar(TOP)
        if province is not None:
            detail = {"made_at": made.made_at, "files": made.files}
            entry = audit.Entry("system.operator", None, action, "backup", made.sums[:16], detail=detail)
            await audit.append(session, entry, province)
    await store.close()
