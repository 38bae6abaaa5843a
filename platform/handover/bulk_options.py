"""What may be chosen where no single case is at hand: receiving offices, people of the own tenant, steps."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from cases.steps import OPEN, STEP_NAMES
from foundation.language import N_, in_a_row, in_brackets, mark, translate
from foundation.store import instant
from handover.targets import nearest_first, offices_from
from tenants.models import Office, Person, Post, Tenant
from tenants.roles import ROLE_NAMES
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
    """Everyone who has or had a post here, whoever has most in hand first: who leaves may have left already."""
    return await _people(session, subject, everyone=True)


async def successor_options(session: AsyncSession, subject: Subject) -> list[Option]:
    """Everyone with a post in force."""
    return await _people(session, subject, everyone=False)


async def _people(session: AsyncSession, subject: Subject, *, everyone: bool) -> list[Option]:
    now = instant(session)
    serves = (Post.since <= now) & or_(Post.until.is_(None), Post.until > now)
    here = Post.office_id.in_(select(Office.id).where(Office.tenant_id == subject.tenant_id))
    query = select(Person.id, Person.name, case((serves, Post.role))).join(Post, Post.person_id == Person.id)
    query = query.where(here if everyone else here & serves).order_by(Person.name, Person.id)
    staff: dict[tuple[UUID, str], set[str]] = {}
    for person, name, role in await session.execute(query):
        staff.setdefault((person, name), set()).update({role} if role else ())
    found = [(person, name, sorted(posts)) for (person, name), posts in staff.items()]
    hand = await _in_hand(session, [person for person, _, _ in found])
    if everyone:
        found.sort(key=lambda one: -hand.get(one[0], 0))
    return [Option(str(person), name + _told(posts, hand.get(person, 0))) for person, name, posts in found]


async def _in_hand(session: AsyncSession, people: Sequence[UUID]) -> dict[UUID, int]:
    """Open cases of each handler, of those in sight."""
    query = select(Case.handler_id, func.count()).where(Case.handler_id.in_(people), Case.state.in_(sorted(OPEN)))
    rows = await session.execute(query.group_by(Case.handler_id))
    return {person: number for person, number in rows if person is not None}


def _told(posts: Sequence[str], number: int) -> str:
    """Two people may have one name: their posts and what they have in hand tell them apart."""
    roles = in_a_row(translate(ROLE_NAMES[role]) for role in sorted(posts) if role in ROLE_NAMES)
    told = [roles if posts else translate(N_("已离岗")), translate(N_("在办 %(n)s 件"), n=number) if number else ""]
    return in_brackets(mark("；").join(text for text in told if text))
