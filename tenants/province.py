"""The scope in which a named system subject works over the whole province."""

from uuid import UUID

from sqlalchemy import select

from foundation.store import Scope, Store
from tenants.models import Tenant
from tenants.tiers import Tier

NOBODY = UUID(int=0)
"""The person of a system subject: no account, no post, no relation to any case."""


async def province_scope(store: Store) -> Scope | None:
    """None before the tree is there."""
    async with store.scoped(Scope(None, NOBODY)) as session:
        province = await session.scalar(
            select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        )
    return None if province is None else Scope(province, NOBODY)
