"""A status that came to light, or that reaches back: what its person was paid wrongly is listed and recovered."""

from uuid import UUID

import structlog
from sqlalchemy import select

from foundation.jobs import Message
from foundation.store import Scope, Store
from funding.recoveries import enter_for
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

SYSTEM = "system.recoveries"
NOBODY = UUID(int=0)

log = structlog.get_logger(__name__)


async def on_official(store: Store, message: Message) -> None:
    """Over the whole province, since a person works for any of its tenants; a second delivery finds nothing left."""
    async with store.scoped(Scope(None, NOBODY)) as session:
        query = select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        province = (await session.scalars(query)).one()
    subject = Subject(NOBODY, "system", Tier.PROVINCE, province, None, None, system=SYSTEM)
    async with store.scoped(subject.scope) as session:
        entered = await enter_for(session, subject, UUID(message.payload["person"]))
    log.info("recoveries", entered=len(entered))
