"""In whose books the money of an office's work stands: a township has no fund, its county keeps them (六(四)7)."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

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


def keeps(tenant_id: int | None, office: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The office's money stands in the tenant's books."""
    townships = (Tenant.tier == Tier.TOWNSHIP) & (Tenant.county_id == tenant_id)
    own = (Tenant.tier != Tier.TOWNSHIP) & (Tenant.id == tenant_id)
    return office.in_(select(Office.id).join(Tenant, Tenant.id == Office.tenant_id).where(own | townships))
