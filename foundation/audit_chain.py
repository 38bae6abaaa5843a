"""Proving the audit chains: every link is reckoned again inside the database, every head compared with its tail.

A chain alone can't show a tail that was cut together with its head: for that its heads must be kept elsewhere.
"""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_


class Fault(Choice):
    ALTERED = "altered", N_("内容被改动")
    MISSING = "missing", N_("此行之前缺行")
    UNLINKED = "unlinked", N_("与前一行不衔接：前一行或顺序被改动")
    CUT = "cut", N_("此行之后的尾部被删")
    HEAD = "head", N_("链头与末行不符")
    NOT_AS_KEPT = "not_as_kept", N_("与另存的链头不符")


class Break(Struct, frozen=True):
    """Where a chain does not hold. For CUT: the last link that is still there (0 = none)."""

    tenant_id: int
    seq: int
    fault: Fault


class Head(Struct, frozen=True):
    """The last link of a chain: its number and its hash in hex."""

    seq: int
    hash: str


class Verdict(Struct, frozen=True):
    chains: int
    links: int
    breaks: list[Break]
    unwitnessed: int | None
    """Links after the kept heads: a cut of them with their head would not show. None = no heads were given."""


LINKS = text("""
with links as (
    select tenant_id, seq, prev_hash,
           audit_link(prev_hash, tenant_id, seq, at, actor, post_id, action, object_kind, object_id, outcome, detail)
               = hash as own,
           lag(seq, 1, 0::bigint) over w as before, lag(hash, 1, sha256('')) over w as hash_before
    from audit_log window w as (partition by tenant_id order by seq))
select tenant_id, seq,
       case when not own then 'altered' when before + 1 <> seq then 'missing' else 'unlinked' end as fault
from links where not own or before + 1 <> seq or prev_hash <> hash_before
order by tenant_id, seq
""")

TAILS = text("""
select coalesce(h.tenant_id, l.tenant_id) as tenant_id, coalesce(l.seq, 0) as seq,
       case when coalesce(l.seq, 0) < h.seq then 'cut' else 'head' end as fault
from audit_heads h
full join (select distinct on (tenant_id) tenant_id, seq, hash from audit_log order by tenant_id, seq desc) l
     on l.tenant_id = h.tenant_id
where h.tenant_id is null or (h.seq, h.hash) is distinct from (coalesce(l.seq, 0), coalesce(l.hash, sha256('')))
order by 1
""")

KEPT = text("select hash from audit_log where tenant_id = :tenant and seq = :seq")
SIZE = text("select (select count(*) from audit_heads) as chains, (select count(*) from audit_log) as links")
HEADS = text("select tenant_id, seq, encode(hash, 'hex') from audit_heads order by tenant_id")


async def verify(session: AsyncSession, kept: Mapping[int, Head] | None = None) -> Verdict:
    """All chains, in a session that may read the audit. `kept`: heads saved elsewhere, by tenant."""
    size = (await session.execute(SIZE)).one()
    found = [*await session.execute(LINKS), *await session.execute(TAILS)]
    breaks = [Break(tenant, seq, Fault(fault)) for tenant, seq, fault in found]
    for tenant, head in (kept or {}).items():
        here = await session.scalar(KEPT, {"tenant": tenant, "seq": head.seq})
        if head.seq and (here is None or here.hex() != head.hash):
            breaks.append(Break(tenant, head.seq, Fault.NOT_AS_KEPT))
    witnessed = None if kept is None else sum(head.seq for head in kept.values())
    return Verdict(size.chains, size.links, breaks, None if witnessed is None else size.links - witnessed)


async def heads(session: AsyncSession) -> dict[int, Head]:
    """The last link of every chain, to be kept where this database's administrators can't reach it."""
    return {tenant: Head(seq, digest) for tenant, seq, digest in await session.execute(HEADS)}
