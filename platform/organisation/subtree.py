"""An administrator's verbs reach the own tenant and what is below it; the rest does not exist for them."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import NotFound
from policies.actions import Action
from tenants.models import Office, Post, Tenant
from tenants.subject import Subject


async def tenant_within(session: AsyncSession, subject: Subject, tenant_id: int) -> Tenant:
    """The tenant, if it lies in the subject's subtree; otherwise NotFound. The command line reaches all."""
    tenant = await session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound
    chain = (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)
    if subject.system is None and (subject.tenant_id is None or subject.tenant_id not in chain):
        raise NotFound
    return tenant


async def office_within(session: AsyncSession, subject: Subject, office_id: int) -> Office:
    """The office, if its tenant lies in the subject's subtree; otherwise NotFound."""
    office = await session.get(Office, office_id)
    if office is None:
        raise NotFound
    await tenant_within(session, subject, office.tenant_id)
    return office


async def tenant_of_person(session: AsyncSession, subject: Subject, person_id: UUID) -> int:
    """The tenant of the person's first post within the subject's subtree; NotFound when there is none."""
    offices = select(Office.tenant_id).join(Post, Post.office_id == Office.id).where(Post.person_id == person_id)
    for tenant_id in await session.scalars(offices.order_by(Post.since, Post.id)):
        try:
            return (await tenant_within(session, subject, tenant_id)).id
        except NotFound:
            continue
    raise NotFound


async def note(
    session: AsyncSession, subject: Subject, action: Action, kind: str, key: UUID | int, tenant: int, **detail: Any
) -> None:
    """Into the chain of the tenant concerned and of the administrator's own."""
    entry = audit.Entry(subject.actor, subject.post_id, action, kind, str(key), detail=detail)
    await audit.append(session, entry, tenant, subject.tenant_id or tenant)
