"""Proving the audit: every chain for itself, and against the checkpoints that its parents keep.

What was cut or rewritten after the last checkpoint with everything that follows can't show; the verdict says how much
that is. A whole database rewritten with all its checkpoints shows against their file (`audit_file`).
"""

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_faults import Break, Fault, Head, Mismatch
from foundation.audit_links import CHOSEN, broken_links
from foundation.audit_testimony import testimony


class Verdict(Struct, frozen=True):
    chains: int
    links: int
    checkpoints: int
    breaks: list[Break]
    mismatches: list[Mismatch]
    open_ends: dict[int, int]
    """By chain: links after the last checkpoint or kept head. A cut of them with their head would not show."""

    @property
    def sound(self) -> bool:
        return not (self.breaks or self.mismatches)

    @property
    def unwitnessed(self) -> int:
        """Links of all chains that nobody outside the chain has seen."""
        return sum(self.open_ends.values())


KEPT = text("select hash from audit_log where tenant_id = :tenant and seq = :seq")
SIZES = text(f"""
select tenant_id, max(seq) as last, count(*) as links from audit_log where {CHOSEN} group by tenant_id
union all select tenant_id, 0, 0 from audit_heads h
where {CHOSEN} and not exists (select from audit_log l where l.tenant_id = h.tenant_id)
order by tenant_id
""")
HEADS = text("select tenant_id, seq, encode(hash, 'hex') from audit_heads order by tenant_id")


async def verify(
    session: AsyncSession, kept: Mapping[int, Head] | None = None, *, tenants: Collection[int] | None = None
) -> Verdict:
    """All chains, or those of `tenants`, in the auditor's session or the owner's. `kept`: heads saved elsewhere."""
    saved = {tenant: head for tenant, head in (kept or {}).items() if tenants is None or tenant in tenants}
    chosen = {"tenants": None if tenants is None else list(tenants)}
    sizes = (await session.execute(SIZES, chosen)).all()
    said = await testimony(session, tenants)
    breaks = [*await broken_links(session, tenants), *said.breaks, *await _not_as_kept(session, saved)]
    seen = {size.tenant_id: max(said.covered.get(size.tenant_id, 0), _seq(saved, size.tenant_id)) for size in sizes}
    return Verdict(
        chains=len(sizes),
        links=sum(size.links for size in sizes),
        checkpoints=said.checkpoints,
        breaks=sorted(set(breaks), key=lambda b: (b.tenant_id, b.seq, b.fault)),
        mismatches=said.mismatches,
        open_ends={size.tenant_id: max(0, size.last - seen[size.tenant_id]) for size in sizes},
    )


async def _not_as_kept(session: AsyncSession, saved: Mapping[int, Head]) -> list[Break]:
    found = []
    for tenant, head in saved.items():
        here = await session.scalar(KEPT, {"tenant": tenant, "seq": head.seq})
        if head.seq and (here is None or here.hex() != head.hash):
            found.append(Break(tenant, head.seq, Fault.NOT_AS_KEPT))
    return found


def _seq(saved: Mapping[int, Head], tenant: int) -> int:
    return saved[tenant].seq if tenant in saved else 0


async def heads(session: AsyncSession) -> dict[int, Head]:
    """The last link of every chain, to be kept where this database's administrators can't reach it."""
    return {tenant: Head(seq, digest) for tenant, seq, digest in await session.execute(HEADS)}
