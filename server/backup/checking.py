"""What a restored database must meet: the backup's own manifest, and its own inner agreement."""

from collections.abc import Iterator, Mapping
from typing import Any

import asyncpg
from msgspec import Struct
from sqlalchemy import text

from foundation.clock import Clock
from foundation.endpoints import LIMITED_ROLES, Endpoints, asyncpg_dsn
from foundation.files import key_of
from foundation.settings import Settings
from foundation.store import Store
from funding.money_recount import recount_money
from indicators.recount import recount
from server.audit_proof import Proof, prove
from server.backup.inventory import sequences_behind, take_inventory
from server.backup.manifest import Inventory, Manifest

SHOWN = 20
ROLES = """
select rolname from pg_roles
where rolname = any($1) and not (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
"""
FILE_IDS = text("select id from stored_files")


class Check(Struct, frozen=True):
    """One line of the report: what was asked (both languages), a number or two, and everything that differs."""

    what: str
    size: str
    wrong: list[str]


async def as_stated(endpoints: Endpoints, manifest: Manifest) -> list[Check]:
    """Against the manifest, and what no manifest need say."""
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner), server_settings={"timezone": "UTC"})
    try:
        compared = list(_compared(manifest.inventory, await take_inventory(connection)))
        behind = Check("序列不落后于数据 / sequences are not behind", "", await sequences_behind(connection))
        return [*compared, behind, await _roles(connection)]
    finally:
        await connection.close()


def _compared(stated: Inventory, found: Inventory) -> Iterator[Check]:
    rows = sum(found.counts.values())
    yield Check(
        "各表行数 / rows of every table", f"{len(found.counts)}, {rows}", differences(stated.counts, found.counts)
    )
    yield Check("序列 / sequences", f"{len(found.sequences)}", differences(stated.sequences, found.sequences))
    numbers = [] if stated.numbers == found.numbers else [f"{stated.numbers} → {found.numbers}"]
    yield Check("已发编号 / numbers given", f"{found.numbers}", numbers)
    yield Check("审计链头 / heads of the audit", f"{len(found.heads)}", differences(stated.heads, found.heads))
    checkpoints = differences(stated.checkpoints, found.checkpoints)
    yield Check("最后检查点 / last checkpoints", f"{len(found.checkpoints)}", checkpoints)
    for kind, things in stated.schema.items():
        here = found.schema.get(kind, {})
        yield Check(f"结构 / schema: {kind}", f"{len(here)}", differences(things, here))


def differences(stated: Mapping[Any, Any], found: Mapping[Any, Any]) -> list[str]:
    return [
        f"{name}: {stated.get(name, '–')} → {found.get(name, '–')}"
        for name in sorted(stated.keys() | found.keys())
        if stated.get(name) != found.get(name)
    ]


async def _roles(connection: asyncpg.Connection) -> Check:
    """The three limited roles are there, and none of them may pass row-level security."""
    found = {name for (name,) in await connection.fetch(ROLES, list(LIMITED_ROLES))}
    return Check("受限数据库角色 / limited roles", f"{len(found)}", sorted(set(LIMITED_ROLES) - found))


async def agreement(settings: Settings, endpoints: Endpoints, clock: Clock) -> list[Check]:
    """Of the database with itself, with the files, and with the checkpoints outside; by the newest schema."""
    store = Store(endpoints.owner, clock, pool_size=1)
    try:
        async with store.anonymous() as session:
            counters = [f"{d.table} {d.key}: {d.stored} → {d.counted}" for d in await recount(session)]
            counters += [f"{d.table} {d.key}: {d.stored} → {d.counted}" for d in await recount_money(session)]
            proof = await prove(session, settings.checkpoints, None, None)
            ids = list(await session.scalars(FILE_IDS))
    finally:
        await store.close()
    folder = settings.data / "files"
    lost = [str(file) for file in ids if not (folder / key_of(file)).is_file()]
    return [
        Check("统计与重新计数 / counters against a recount", "", counters),
        Check("审计链、检查点与文件 / audit", f"{proof.verdict.links}, {proof.lines}", list(_faults(proof))),
        Check("文件齐全 / files are there", f"{len(ids)}", lost),
    ]


def _faults(proof: Proof) -> Iterator[str]:
    yield from (f"{b.tenant_id} {b.seq} {b.fault}" for b in proof.verdict.breaks)
    yield from (f"{m.tenant_id} {m.hour} {m.flaw} {m.line or ''}" for m in (*proof.verdict.mismatches, *proof.file))
