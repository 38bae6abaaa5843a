"""Reads of the tree and of who works where. Names of tenants and offices are everybody's, people are by scope."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from foundation.clock import local_date
from foundation.store import instant
from tenants.models import Office, Person, Post, Tenant

MOST_OFFICES = 20


class OfficeView(Struct, frozen=True):
    """An office with its place in the tree: sixty township names occur more than once, so `above` is always shown."""

    id: int
    kind: str
    name: str
    tenant_id: int
    tenant: str
    tier: str
    above: str | None


class PostHolder(Struct, frozen=True):
    """A person in a post in force."""

    post_id: UUID
    person_id: UUID
    name: str
    profession: str | None
    role: str
    office_id: int
    office: str


async def children_of(session: AsyncSession, tenant_id: int | None) -> Sequence[Tenant]:
    """The tenants right below, in the order of the tree; None = the province itself."""
    below = Tenant.parent_id.is_(None) if tenant_id is None else Tenant.parent_id == tenant_id
    return (await session.scalars(select(Tenant).where(below, Tenant.valid_to.is_(None)).order_by(Tenant.id))).all()


async def offices_of(session: AsyncSession, tenant_id: int) -> Sequence[Office]:
    """A tenant's offices in force."""
    query = select(Office).where(Office.tenant_id == tenant_id, _in_force(session)).order_by(Office.id)
    return (await session.scalars(query)).all()


async def offices_named(
    session: AsyncSession, words: str, kinds: Collection[str] = (), *, limit: int = MOST_OFFICES
) -> list[OfficeView]:
    """Offices whose own, tenant's or upper tenant's name holds every word; higher tiers first."""
    above = aliased(Tenant)
    query = (
        select(Office.id, Office.kind, Office.name, Tenant.id, Tenant.name, Tenant.tier, above.name)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .outerjoin(above, above.id == Tenant.parent_id)
        .where(_in_force(session))
        .order_by(func.array_position(["P", "F", "C", "T"], Tenant.tier), Office.id)
        .limit(limit)
    )
    for word in words.split():
        named = (column.contains(word, autoescape=True) for column in (Office.name, Tenant.name, above.name))
        query = query.where(or_(*named))
    if kinds:
        query = query.where(Office.kind.in_(kinds))
    return [OfficeView(*row) for row in await session.execute(query)]


async def office_view(session: AsyncSession, office_id: int) -> OfficeView | None:
    """One office, in force or ended, with its place in the tree."""
    above = aliased(Tenant)
    query = (
        select(Office.id, Office.kind, Office.name, Tenant.id, Tenant.name, Tenant.tier, above.name)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .outerjoin(above, above.id == Tenant.parent_id)
        .where(Office.id == office_id)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else OfficeView(*row)


async def people_of(
    session: AsyncSession, *, office_id: int | None = None, tenant_id: int | None = None, roles: Collection[str] = ()
) -> list[PostHolder]:
    """Who holds a post now, in one office or a tenant; row-level security leaves the posts in or below the scope."""
    now = instant(session)
    query = (
        select(Post.id, Person.id, Person.name, Person.profession, Post.role, Office.id, Office.name)
        .join(Person, Person.id == Post.person_id)
        .join(Office, Office.id == Post.office_id)
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now))
        .order_by(Office.id, Post.since, Post.id)
    )
    if office_id is not None:
        query = query.where(Office.id == office_id)
    if tenant_id is not None:
        query = query.where(Office.tenant_id == tenant_id)
    if roles:
        query = query.where(Post.role.in_(roles))
    return [PostHolder(*row) for row in await session.execute(query)]


async def is_official(session: AsyncSession, person_id: UUID, day: date) -> bool:
    """Whether the person is a public official on that day, whatever the asker may read (六(四)6)."""
    return bool(await session.scalar(select(func.is_official(person_id, day))))


def _in_force(session: AsyncSession) -> ColumnElement[bool]:
    today = local_date(instant(session))
    return or_(Office.valid_to.is_(None), Office.valid_to > today)
