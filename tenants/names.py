"""Names by id: of offices with their tenant, readable by everyone, and of the people who work here."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tenants.models import Office, Person, Tenant


async def people(session: AsyncSession, ids: Iterable[UUID | None]) -> Mapping[UUID, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {
        row.id: row.name for row in await session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    }


async def offices(session: AsyncSession, ids: Iterable[int | None]) -> Mapping[int, str]:
    """Office id -> `tenant · office`."""
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    query = select(Office.id, Tenant.name, Office.name).join(Tenant, Tenant.id == Office.tenant_id)
    rows = (await session.execute(query.where(Office.id.in_(wanted)))).all()
    return {office: f"{tenant} · {name}" for office, tenant, name in rows}


async def tenants(session: AsyncSession, ids: Iterable[int | None]) -> Mapping[int, str]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {
        row.id: row.name for row in await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(wanted)))
    }
