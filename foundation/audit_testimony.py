"""What the checkpoints say of the chains, of each other, and whether they are still what was kept."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_checkpoints import Leaf, hour_name, root_of
from foundation.audit_faults import Break, Fault, Flaw, Mismatch
from foundation.digests import BY_NAME

CHECKPOINTS = text("""
select tenant_id, at, algorithm, root, heads from audit_checkpoints
where cast(:tenants as text[]) is null or tenant_id::text = any(:tenants) or heads ?| cast(:tenants as text[])
order by at, tenant_id
""")

# The first head of each chain that is not as a checkpoint has it; `last` is the last link that is there.
HEADS = text("""
select said.tenant_id, min(said.seq) as seq, bool_or(a.hash is not null) as present,
       (select coalesce(max(l.seq), 0) from audit_log l where l.tenant_id = said.tenant_id) as last
from unnest(cast(:tenants as int[]), cast(:seqs as bigint[]), cast(:hashes as text[])) said(tenant_id, seq, hash)
left join audit_log a on a.tenant_id = said.tenant_id and a.seq = said.seq
where encode(a.hash, 'hex') is distinct from said.hash
group by said.tenant_id order by said.tenant_id
""")

BELOW = text("""
select said.tenant_id, said.at, c.root is null as missing
from unnest(cast(:tenants as int[]), cast(:hours as timestamptz[]), cast(:roots as text[])) said(tenant_id, at, root)
left join audit_checkpoints c on c.tenant_id = said.tenant_id and c.at = said.at
where encode(c.root, 'hex') is distinct from said.root
order by said.at, said.tenant_id
""")

# The province is the tenant without a parent; those that stand in its tree hold copies.
COPIES = text("""
select child, holder, at, said.root is null as missing, copy.root is null as copy_missing
from (select key as child, c.tenant_id as holder, c.at, c.root from audit_checkpoints c
      join tenants t on t.id = c.tenant_id and t.parent_id is null
      cross join lateral jsonb_object_keys(c.heads) key where key <> c.tenant_id::text) said
full join (select tenant_id::text as child, of_tenant_id as holder, at, root from audit_witnesses) copy
     using (child, holder, at)
where said.root is distinct from copy.root order by at, child
""")


class Testimony(Struct):
    """What was found; `covered` is the last link of each chain that a checkpoint holds."""

    checkpoints: int
    covered: dict[int, int]
    breaks: list[Break]
    mismatches: list[Mismatch]


class _Said(Struct):
    """What sound checkpoints say: heads of chains (tenant, link, hash) and checkpoints below (tenant, hour, root)."""

    heads: set[tuple[int, int, str]]
    below: set[tuple[int, datetime, str]]


async def testimony(session: AsyncSession, tenants: Collection[int] | None) -> Testimony:
    """Of the checkpoints in which these tenants stand (None = of all)."""
    found, said = Testimony(0, {}, [], []), _Said(set(), set())
    names = None if tenants is None else [str(tenant) for tenant in tenants]
    async for row in await session.stream(CHECKPOINTS, {"tenants": names}):
        found.checkpoints += 1
        leaves = _sound(row.heads, row.algorithm, row.root)
        if leaves is None:
            found.mismatches.append(Mismatch(row.tenant_id, hour_name(row.at), Flaw.ALTERED))
        else:
            _note(said, found.covered, leaves)
    found.breaks = await _rewritten(session, said)
    found.mismatches += [*await _not_as_above(session, said), *await _not_as_copied(session)]
    found.mismatches = sorted(set(found.mismatches), key=lambda m: (m.hour, m.tenant_id or 0, m.flaw))
    return found if tenants is None else _only(found, tenants)


def _sound(heads: object, algorithm: str, root: bytes) -> dict[int, Leaf] | None:
    """The leaves, when the root is theirs; None for a checkpoint that was altered."""
    try:
        leaves = msgspec.convert(heads, dict[int, Leaf], strict=False)
        hours = [leaf.hour for leaf in leaves.values() if leaf.hour]
        spelt = all(hour_name(datetime.fromisoformat(hour)) == hour for hour in hours)
        return leaves if spelt and root_of(leaves, BY_NAME[algorithm]) == root else None
    except (msgspec.ValidationError, KeyError, ValueError):
        return None


def _note(said: _Said, covered: dict[int, int], leaves: dict[int, Leaf]) -> None:
    for tenant, leaf in leaves.items():
        covered[tenant] = max(covered.get(tenant, 0), leaf.seq)
        if leaf.seq:
            said.heads.add((tenant, leaf.seq, leaf.hash))
        if leaf.hour and leaf.root:
            said.below.add((tenant, datetime.fromisoformat(leaf.hour), leaf.root))


async def _rewritten(session: AsyncSession, said: _Said) -> list[Break]:
    """A row between two that are there is missing by its number: the chain itself says so."""
    tenants, seqs, hashes = _columns(said.heads, 3)
    rows = await session.execute(HEADS, {"tenants": tenants, "seqs": seqs, "hashes": hashes})
    return [
        Break(row.tenant_id, row.last, Fault.CUT)
        if row.last < row.seq
        else Break(row.tenant_id, row.seq, Fault.REWRITTEN)
        for row in rows
        if row.present or row.last < row.seq
    ]


async def _not_as_above(session: AsyncSession, said: _Said) -> list[Mismatch]:
    tenants, hours, roots = _columns(said.below, 3)
    rows = await session.execute(BELOW, {"tenants": tenants, "hours": hours, "roots": roots})
    return [
        Mismatch(row.tenant_id, hour_name(row.at), Flaw.MISSING if row.missing else Flaw.NOT_AS_ABOVE) for row in rows
    ]


async def _not_as_copied(session: AsyncSession) -> list[Mismatch]:
    found = []
    for row in await session.execute(COPIES):
        hour = hour_name(row.at)
        if row.copy_missing:
            found.append(Mismatch(int(row.child), hour, Flaw.COPY_MISSING))
        else:
            found.append(Mismatch(row.holder, hour, Flaw.MISSING if row.missing else Flaw.NOT_AS_COPIED))
    return found


def _columns(rows: Collection[tuple[object, ...]], width: int) -> list[list[object]]:
    """Rows as columns; empty ones too."""
    return [[row[number] for row in rows] for number in range(width)]


def _only(found: Testimony, tenants: Collection[int]) -> Testimony:
    found.breaks = [b for b in found.breaks if b.tenant_id in tenants]
    found.mismatches = [m for m in found.mismatches if m.tenant_id in tenants]
    found.covered = {tenant: seq for tenant, seq in found.covered.items() if tenant in tenants}
    return found
