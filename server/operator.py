"""Who acts at the command line: a named system subject with an administrator's rules, as the owner of the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import CaseRelations
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from policies.start import open_gate
from tenants.subject import Subject
from tenants.tiers import Tier

OPERATOR = Subject(
    person_id=UUID(int=0),
    role="sysadmin",
    tier=Tier.PROVINCE,
    tenant_id=None,
    office_id=None,
    office_kind=None,
    system="system.operator",
)
"""It can't sign in; the audit names it `system.operator`."""


@asynccontextmanager
async def operating(endpoints: Endpoints, *, gate: bool = True) -> AsyncIterator[AsyncSession]:
    """One transaction of the owner; commits when the block ends well.

    With the gate open, except for what must work while the rules in force are broken.
    """
    store = Store(endpoints.owner, SystemClock(), pool_size=2)
    try:
        if gate:
            await open_gate(store, CaseRelations())
        async with store.anonymous() as session:
            yield session
    finally:
        await store.close()
