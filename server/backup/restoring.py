"""Bringing a backup back: into an empty database and empty folders only."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from foundation.clock import Clock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.errors import DomainError
from foundation.grammar import Happening
from foundation.language import N_
from foundation.progress import Progress
from foundation.settings import Settings
from migrations.run import known, newest, upgrade
from server.backup import programs
from server.backup.checking import Check, agreement, as_stated
from server.backup.inventory import TABLES
from server.backup.keys import key_proofs
from server.backup.making import copy_tree, note
from server.backup.manifest import CHECKPOINTS, DATABASE, FILES, Manifest, broken_parts


class NotRestored(DomainError):
    """Nothing was changed. The message says what stands in the way."""

    code = "not_restored"
    status = 409


class PartsBroken(NotRestored):
    message = N_("备份中有缺失或被改动的文件：%(names)s")


class OtherKeys(NotRestored):
    message = N_("密钥文件不是备份时使用的那一个：缺少编号 %(names)s 的密钥，加密内容将无法读取")


class OtherOwner(NotRestored):
    message = N_("备份的数据库属主是 %(names)s，请用同名的数据库账号恢复")


class NewerVersion(NotRestored):
    message = N_("备份由更新的版本生成（%(names)s），请先升级程序")


class NotEmpty(NotRestored):
    message = N_("只能恢复到空的数据库和空的目录；已有内容：%(names)s")


def require_sound(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """Asking no server: the backup is whole, not too new, its keys are here. Raises NotRestored, SettingError."""
    _refuse(PartsBroken, broken_parts(folder, manifest))
    revision = manifest.inventory.revision
    _refuse(NewerVersion, [] if revision in known() else [f"{manifest.version}, {revision}"])
    proofs = key_proofs(settings.secret_file)
    _refuse(OtherKeys, [key for key, proof in manifest.keys.items() if proofs.get(key) != proof])


async def restore_backup(
    settings: Settings, endpoints: Endpoints, clock: Clock, folder: Path, manifest: Manifest, progress: Progress
) -> list[Check]:
    """Restore and verify; raises NotRestored before anything is changed. Broken off, it leaves what nobody serves."""
    owner = str(make_url(endpoints.owner).username)
    _refuse(OtherOwner, [manifest.owner] if manifest.owner != owner else [])
    _refuse(NotEmpty, [*await _tables(endpoints.owner), *_occupied(settings)])
    progress("正在恢复数据库 / restoring the database")
    await asyncio.to_thread(programs.restore, endpoints.owner, folder / DATABASE)
    await _analyze(endpoints.owner)
    progress("正在恢复文件 / restoring the files")
    await asyncio.to_thread(copy_tree, folder / FILES, settings.data / "files")
    await asyncio.to_thread(copy_tree, folder / CHECKPOINTS, settings.checkpoints)
    await asyncio.to_thread(programs.restore_revision, endpoints.owner, folder / DATABASE)
    progress("正在核对 / verifying")
    checks = await as_stated(endpoints, manifest)
    if manifest.inventory.revision != newest():
        progress("正在升级数据库结构 / migrating the database")
        await asyncio.to_thread(upgrade, endpoints.owner)
    checks += await agreement(settings, endpoints, clock)
    await note(endpoints.owner, clock, Happening.BACKUP_RESTORED, manifest)
    return checks


def _refuse(refusal: type[NotRestored], names: list[str]) -> None:
    if names:
        raise refusal(names=", ".join(names[:10]))


async def _tables(owner_url: str) -> list[str]:
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    try:
        return [name for (name,) in await connection.fetch(TABLES)]
    finally:
        await connection.close()


def _occupied(settings: Settings) -> Iterator[str]:
    for place in (settings.data / "files", settings.checkpoints):
        if place.is_dir() and any(path.is_file() and path.suffix != ".lock" for path in place.rglob("*")):
            yield str(place)


async def _analyze(owner_url: str) -> None:
    """Plans need statistics, which a dump does not carry."""
    connection = await asyncpg.connect(asyncpg_dsn(owner_url))
    await connection.execute("analyze")
    await connection.close()
