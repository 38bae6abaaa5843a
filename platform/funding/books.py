"""In whose books the money of an office's work stands: a township has no fund, its county keeps them (六(四)7)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from tenants.models import Office, Tenant
from tenants.tiers import Tier


async def of_holder(session: AsyncSession, case: Case) -> int:
    return await of_office(session, case.holder_office_id)


async def of_office(session: AsyncSession, office_id: int) -> int:
    tenant = (await session.scalars(select(Tenant).join(Office).where(Office.id == office_id))).one()
    return of_tenant(tenant)


def of_tenant(tenant: Tenant) -> int:
    return tenant.county_id if tenant.tier == Tier.TOWNSHIP and tenant.county_id else tenant.id
