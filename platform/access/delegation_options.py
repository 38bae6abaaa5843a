"""What the form of lending offers to choose from. Elsewhere below may be named by number; here stands what is near."""

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from access.borrowers import within
from access.lending import class_lendings, lendable, lendings, onward_classes
from cases.catalogue import Option
from cases.classes import CaseClass
from cases.models import Case
from foundation.language import in_a_row, in_brackets, translate
from foundation.store import instant
from policies import gate
from policies.actions import Action
from policies.words import ACTION_NAMES
from tenants.models import Office, Person, Post, Tenant
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject
from tenants.tiers import OfficeKind

MOST = 2000
DESKS = (OfficeKind.WORKROOM, OfficeKind.COMMITTEE, OfficeKind.WINDOW)


async def actions(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """Reading first, then doing, as the words of the rules are ordered."""
    if case is not None:
        found = await lendings(session, subject, case)
    elif await onward_classes(session, subject):
        return [_action(one) for one in sorted(lendable(subject))]
    else:
        found = await class_lendings(session, subject, None)
    held = frozenset().union(*(one.actions for one in found))
    return [_action(one) for one in sorted(held, key=lambda one: (not one.startswith("case:read"), one))]


def _action(action: str) -> Option:
    return Option(action, translate(ACTION_NAMES[Action(action)]))


async def people(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """With a post near cases in the own tenant or directly below it."""
    now = instant(session)
    query = (
        select(Person.id, Person.name, Post.role, Tenant.name)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(or_(Tenant.id == subject.tenant_id, Tenant.parent_id == subject.tenant_id))
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now), Person.id != subject.person_id)
        .where(Post.role.in_(sorted(gate.opened().table.case_roles)))
        .order_by(Tenant.id != subject.tenant_id, Tenant.id, Person.name, Person.id)
        .limit(MOST)
    )
    found: dict[str, list[str]] = {}
    for person_id, name, role, tenant in await session.execute(query):
        found.setdefault(str(person_id), [f"{name} · {tenant}"]).append(translate(ROLE_NAMES[role]))
    return [Option(one, label + in_brackets(in_a_row(roles))) for one, (label, *roles) in found.items()]


async def tenants(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """Strictly below, the nearest tier first."""
    below = (within(subject), Tenant.id != subject.tenant_id, Tenant.valid_to.is_(None))
    order = (Tenant.county_id.is_not(None), Tenant.township_id.is_not(None), Tenant.id)
    query = select(Tenant.id, Tenant.name).where(*below).order_by(*order).limit(MOST)
    return [Option(str(tenant), name) for tenant, name in await session.execute(query)]


async def offices(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """Desks where cases are worked on, directly below."""
    query = (
        select(Office.id, Tenant.name, Office.name)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Tenant.parent_id == subject.tenant_id, Tenant.valid_to.is_(None))
        .where(Office.kind.in_(DESKS), Office.valid_to.is_(None))
        .order_by(Tenant.id, Office.id)
        .limit(MOST)
    )
    return [Option(str(office), f"{tenant} · {name}") for office, tenant, name in await session.execute(query)]


async def classes(session: AsyncSession, subject: Subject, case: Case | None) -> list[Option]:
    """Classes lent to the subject that it may lend on."""
    labels = {one.value: one.label for one in CaseClass}
    return [
        Option(str(row.id), f"{translate(labels.get(row.case_class or '', ''))} {row.purpose}".strip())
        for row in await onward_classes(session, subject)
    ]


OPTIONS = {
    "lendable_actions": actions,
    "delegation_people": people,
    "delegation_tenants": tenants,
    "delegation_offices": offices,
    "onward_delegations": classes,
}
