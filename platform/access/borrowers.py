"""To whom may be lent: a person with a post in the lender's tenant or below, or a tenant strictly below it."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation_form import DelegateForm
from cases.exclusion import is_removed
from cases.models import Case
from cases.units import conflicted_tenants
from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies import gate
from tenants.models import Office, Person, Post, Tenant
from tenants.subject import Subject

REMOVED = text("select person_removed(:case, :person)")
TARGETS = ("to_person_id", "to_tenant_id", "to_office_id")
NOT_A_CHOICE = N_("请从所列项目中选择")


class Borrower(Struct, frozen=True):
    """Whom the delegation names; `tenants` are those that get to see the case by it."""

    name: str
    tenants: frozenset[int]
    person_id: UUID | None = None
    tenant_id: int | None = None
    office_id: int | None = None


async def borrower_of(session: AsyncSession, subject: Subject, form: DelegateForm, case: Case | None) -> Borrower:
    """Raises InvalidInput at the field. `case` None = a class, where a conflict is passed over case by case."""
    given = [name for name in TARGETS if getattr(form, name) is not None]
    if len(given) != 1:
        raise invalid(given[1] if given else TARGETS[0], "exactly_one", N_("受托人、受托单位、受托机构须填且只填一项"))
    field = given[0]
    if form.to_person_id is not None:
        found = await _person(session, subject, form.to_person_id, case)
    elif form.to_office_id is not None:
        found = await _office(session, subject, form.to_office_id)
    else:
        found = await _tenant(session, subject, form.to_tenant_id or 0)
    if case is not None and all([await _conflicted(session, case, tenant) for tenant in found.tenants]):
        raise invalid(field, "conflicted", N_("该单位的本级机关是涉事单位，不得授权"))
    return found


async def _conflicted(session: AsyncSession, case: Case, tenant_id: int) -> bool:
    """By the units of the case, and by the records of it as far as the lender may ask."""
    by_unit = tenant_id in await conflicted_tenants(session, case.id)
    return by_unit or await is_removed(session, case.id, tenant_id=tenant_id)


async def _person(session: AsyncSession, subject: Subject, person_id: UUID, case: Case | None) -> Borrower:
    person = await session.get(Person, person_id)
    if person is None:
        raise invalid("to_person_id", "unknown", N_("没有此人"))
    if person_id == subject.person_id:
        raise invalid("to_person_id", "oneself", N_("不能授权给自己"))
    rows = (await session.execute(_posts(session, subject).where(Post.person_id == person_id))).all()
    if not rows:
        raise invalid("to_person_id", "no_post", N_("此人在本单位及下级没有在岗的岗位"))
    if gate.opened().table.case_roles.isdisjoint(role for role, _ in rows):
        raise invalid("to_person_id", "no_case_role", N_("此人的岗位不得接触案件"))
    if case is not None and await session.scalar(REMOVED, {"case": case.id, "person": person_id}):
        raise invalid("to_person_id", "excluded", N_("此人已回避本案"))
    return Borrower(person.name, frozenset(tenant for _, tenant in rows), person_id=person_id)


async def _tenant(session: AsyncSession, subject: Subject, tenant_id: int) -> Borrower:
    tenant = await session.get(Tenant, tenant_id)
    return Borrower(_below(tenant, subject, "to_tenant_id").name, frozenset({tenant_id}), tenant_id=tenant_id)


async def _office(session: AsyncSession, subject: Subject, office_id: int) -> Borrower:
    office = await session.get(Office, office_id)
    if office is None or office.valid_to is not None:
        raise invalid("to_office_id", "unknown", NOT_A_CHOICE)
    tenant = _below(await session.get(Tenant, office.tenant_id), subject, "to_office_id")
    return Borrower(office.name, frozenset({tenant.id}), tenant_id=tenant.id, office_id=office_id)


def _below(tenant: Tenant | None, subject: Subject, field: str) -> Tenant:
    if tenant is None or tenant.valid_to is not None:
        raise invalid(field, "unknown", NOT_A_CHOICE)
    line = (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)
    if tenant.id == subject.tenant_id or subject.tenant_id not in line:
        raise invalid(field, "not_below", N_("只能授权给下级单位，不能授权给本单位、平级或上级"))
    return tenant


async def tenants_of(session: AsyncSession, subject: Subject, person_id: UUID) -> frozenset[int]:
    """Where the person works now, as far as it is the subject's tenant or below it."""
    rows = await session.execute(_posts(session, subject).where(Post.person_id == person_id))
    return frozenset(tenant for _, tenant in rows)


def _posts(session: AsyncSession, subject: Subject) -> Select[str, int]:
    """(role, tenant) of posts in force in the subject's tenant and below; the database shows no others but the own."""
    now = instant(session)
    return (
        select(Post.role, Office.tenant_id)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .where(Post.since <= now, or_(Post.until.is_(None), Post.until > now), within(subject))
    )


def within(subject: Subject) -> ColumnElement[bool]:
    """The subject's tenant and all below it."""
    columns = (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id, Tenant.township_id)
    return or_(*(column == subject.tenant_id for column in columns))


def refuse_lenders(borrower: Borrower, persons: set[UUID], offices: set[int]) -> InvalidInput | None:
    """Never back to who lent it: the chain would be a circle, and its revocation too."""
    back = borrower.person_id in persons or borrower.office_id in offices
    if not back:
        return None
    field = "to_person_id" if borrower.person_id else "to_office_id"
    return invalid(field, "lender", N_("不能再授权给授出这项权限的人"))
