"""What was done with keys, in the province's audit chain: ids and counts, never a key."""

from sqlalchemy import select

from foundation import audit
from foundation.grammar import Word
from foundation.store import Store
from server.operator import OPERATOR
from tenants.models import Tenant
from tenants.tiers import Tier


async def record(store: Store, action: Word, key: int, **counts: int) -> None:
    """In a transaction of its own. A database without a tree has no chain yet."""
    async with store.anonymous() as session:
        province = select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        tenant = await session.scalar(province)
        if tenant is not None:
            entry = audit.Entry(OPERATOR.actor, None, action, "key", str(key), detail=dict(counts))
            await audit.append(session, entry, tenant)
