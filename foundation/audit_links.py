"""Each chain for itself: every link is reckoned again inside the database, every head compared with its tail."""

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_faults import Break, Fault

MOST_COMPARED = 300
"""Altered rows of one chain that are held against each other in search of an exchange; more is no exchange."""
CHOSEN = "(cast(:tenants as int[]) is null or tenant_id = any(:tenants))"

LINKS = text(f"""
with links as (
    select tenant_id, seq, prev_hash,
           audit_link(prev_hash, tenant_id, seq, at, actor, post_id, action, object_kind, object_id, outcome, detail)
               = hash as own,
           lag(seq, 1, 0::bigint) over w as before, lag(hash, 1, sha256('')) over w as hash_before
    from audit_log where {CHOSEN} window w as (partition by tenant_id order by seq))
select tenant_id, seq,
       case when not own then 'altered' when before + 1 <> seq then 'missing' else 'unlinked' end as fault
from links where not own or before + 1 <> seq or prev_hash <> hash_before
order by tenant_id, seq
""")

TAILS = text(f"""
select coalesce(h.tenant_id, l.tenant_id) as tenant_id, coalesce(l.seq, 0) as seq,
       case when coalesce(l.seq, 0) < h.seq then 'cut' else 'head' end as fault
from (select * from audit_heads where {CHOSEN}) h
full join (select distinct on (tenant_id) tenant_id, seq, hash from audit_log where {CHOSEN}
           order by tenant_id, seq desc) l on l.tenant_id = h.tenant_id
where h.tenant_id is null or (h.seq, h.hash) is distinct from (coalesce(l.seq, 0), coalesce(l.hash, sha256('')))
order by 1
""")

# An exchanged row fits the other's place: with its own hashes (the rows changed numbers) or with the other's hashes
# (their contents changed places).
EXCHANGED = text("""
select distinct a.seq from audit_log a join audit_log b
    on b.tenant_id = a.tenant_id and b.seq <> a.seq and b.seq = any(:rows)
    and (a.hash = audit_link(a.prev_hash, a.tenant_id, b.seq, a.at, a.actor, a.post_id, a.action, a.object_kind,
                             a.object_id, a.outcome, a.detail)
         or b.hash = audit_link(b.prev_hash, a.tenant_id, b.seq, a.at, a.actor, a.post_id, a.action, a.object_kind,
                                a.object_id, a.outcome, a.detail))
where a.tenant_id = :tenant and a.seq = any(:rows)
""")


async def broken_links(session: AsyncSession, tenants: Collection[int] | None) -> list[Break]:
    """Every break of the chains of these tenants (None = of all), in order."""
    chosen = {"tenants": None if tenants is None else list(tenants)}
    found = [Break(row.tenant_id, row.seq, Fault(row.fault)) for row in await session.execute(LINKS, chosen)]
    exchanged = await _exchanged(session, [link for link in found if link.fault is Fault.ALTERED])
    links = [Break(b.tenant_id, b.seq, Fault.REORDERED) if b in exchanged else b for b in found]
    return links + [Break(row.tenant_id, row.seq, Fault(row.fault)) for row in await session.execute(TAILS, chosen)]


async def _exchanged(session: AsyncSession, altered: list[Break]) -> set[Break]:
    """Those of the altered rows that stand in each other's place."""
    exchanged: set[Break] = set()
    for tenant in {link.tenant_id for link in altered}:
        rows = [link.seq for link in altered if link.tenant_id == tenant]
        if 2 <= len(rows) <= MOST_COMPARED:
            found = await session.scalars(EXCHANGED, {"tenant": tenant, "rows": rows})
            exchanged |= {Break(tenant, seq, Fault.ALTERED) for seq in found}
    return exchanged
