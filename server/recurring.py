"""What recurs by the clock, each as a named system subject that can't sign in (decisions.md 15)."""

from uuid import UUID

from sqlalchemy import select

from cases import overdue
from foundation.store import Scope, Store
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

NOBODY = UUID(int=0)
"""The person of a system subject: no account, no post, no relation to any case."""


async def mark_overdue(store: Store) -> int:
    """Mark what ran out, batch by batch, over the whole province; returns how many terms."""
    subject = await system_subject(store, "system.deadlines")
    if subject is None:
        return 0
    marked = 0
    while True:
        async with store.scoped(subject.scope) as session:
            batch = await overdue.mark_overdue(session, subject)
        marked += batch
        if batch < overdue.BATCH:
            return marked


async def system_subject(store: Store, name: str) -> Subject | None:
    """A subject with the province's scope; None before the tree is there."""
    async with store.scoped(Scope(None, NOBODY)) as session:
        province = await session.scalar(
            select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        )
    if province is None:
        return None
    return Subject(NOBODY, "system", Tier.PROVINCE, province, None, None, system=name)
