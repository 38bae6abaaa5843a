"""In whose books the money of an office's work stands: a township has no fund, its county keeps them (六(四)7)."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from cases.models import Case
from tenants.models import Office, Tenant
from tenants.tiers import Tier

ENTER = text("select enter_books(:case, cast(:tenants as int[]))")
HEIRS = text("select tenant, heir_of(tenant) from unnest(cast(:tenants as int[])) as tenant")


async def of_holder(session: AsyncSession, case: Case) -> int:
    return await of_office(session, case.holder_office_id)


async def of_office(session: AsyncSession, office_id: int) -> int:
    return (await of_offices(session, {office_id}))[office_id]


async def of_offices(session: AsyncSession, offices: Collection[int]) -> dict[int, int]:
    rows = await session.execute(select(Office.id, Tenant).join(Tenant).where(Office.id.in_(offices)))
    return {office: of_tenant(tenant) for office, tenant in rows}


async def enter(session: AsyncSession, case: Case, offices: Collection[int]) -> None:
    """For who will book in several tenants' books: those of the case's entries and of the offices, in one order.

    Who entered them as the bookings come would wait crosswise for who comes the other way."""
    found = await of_offices(session, offices)
    await session.execute(ENTER, {"case": case.id, "tenants": sorted(found.values())})


async def heirs(session: AsyncSession, tenants: Collection[int]) -> dict[int, int]:
    """Who stands in the place of each today: itself, unless it was merged."""
    rows = await session.execute(HEIRS, {"tenants": list(tenants)})
    return {tenant: heir or tenant for tenant, heir in rows}


def of_tenant(tenant: Tenant) -> int:
    return tenant.county_id if tenant.tier == Tier.TOWNSHIP and tenant.county_id else tenant.id


def keeps(tenant_id: int | None, office: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The office's money stands in the tenant's books."""
    townships = (Tenant.tier == Tier.TOWNSHIP) & (Tenant.county_id == tenant_id)
    own = (Tenant.tier != Tier.TOWNSHIP) & (Tenant.id == tenant_id)
    return office.in_(select(Office.id).join(Tenant, Tenant.id == Office.tenant_id).where(own | townships))
