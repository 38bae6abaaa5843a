"""What may be chosen where no single case is at hand: receiving offices, people of the own tenant, steps."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.steps import STEP_NAMES
from foundation.language import N_, in_brackets, translate
from foundation.store import instant
from handover.targets import nearest_first, offices_from
from tenants.models import Office, Person, Post, Tenant
from tenants.subject import Subject


async def office_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """Where the tenant's cases may go at all; whether a single case may go there is asked case by case."""
    tenant = await session.get_one(Tenant, subject.tenant_id)
    query = (
        select(Office.id, Office.name, Tenant.name)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(offices_from(tenant), Office.valid_to.is_(None), Office.id != subject.office_id)
        .order_by(*nearest_first(tenant), Tenant.id, Office.id)
    )
    return [Option(str(office), name + in_brackets(place)) for office, name, place in await session.execute(query)]


async def step_options(session: AsyncSession, subject: Subject) -> list[Option]:
    return [Option(str(int(step)), translate(name)) for step, name in STEP_NAMES.items()]


async def handler_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """Everyone who has or had a post here: who leaves may have left already."""
    return await _people(session, subject, Post.since.is_not(None))


async def successor_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """Everyone with a post in force."""
    return await _people(session, subject, _in_force(session))


async def _people(session: AsyncSession, subject: Subject, which: ColumnElement[bool]) -> list[Option]:
    posts = select(Post.id).join(Office, Office.id == Post.office_id)
    here = posts.where(Post.person_id == Person.id, Office.tenant_id == subject.tenant_id)
    serves = here.where(_in_force(session)).exists()
    query = (
        select(Person.id, Person.name, serves)
        .where(here.where(which).exists())
        .order_by(serves.desc(), Person.name, Person.id)
    )
    gone = in_brackets(translate(N_("已离岗")))
    rows = await session.execute(query)
    return [Option(str(person), name if still else name + gone) for person, name, still in rows]


def _in_force(session: AsyncSession) -> ColumnElement[bool]:
    now = instant(session)
    return (Post.since <= now) & or_(Post.until.is_(None), Post.until > now)
