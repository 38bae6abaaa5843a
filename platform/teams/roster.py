"""Who may sit on the team of a case: people with a post at the holder's tenant, and persons lent to it."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import Label, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case, CaseRelation
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.language import in_a_row, in_brackets, translate
from foundation.store import instant
from policies.relations import Relation
from teams.roles import MEDIATOR_POSTS
from teams.stations import committee_of
from tenants.models import Office, Person, Post
from tenants.roles import ROLE_NAMES
from tenants.subject import Subject


class Candidate(Struct):
    """One person, with what the rules of seating look at. `appointed`: a mediator of the station's committee."""

    person_id: UUID
    name: str
    profession: str | None
    official: bool
    roles: set[str]
    appointed: bool = False
    excluded: bool = False


Roster = dict[UUID, Candidate]


async def roster_of(session: AsyncSession, case: Case) -> Roster:
    """Everyone who may be proposed, and those who are excluded from the case, marked."""
    committee = await committee_of(session, case)
    found: Roster = {}
    for row in await session.execute(_with_posts(session, case)):
        one = found.setdefault(row.id, Candidate(row.id, row.name, row.profession, row.official, set()))
        one.roles.add(row.role)
        one.appointed |= row.office_id == committee and row.role in MEDIATOR_POSTS
    for lent in await session.execute(_related(session, case, Relation.ASSISTS)):
        found.setdefault(lent.id, Candidate(lent.id, lent.name, lent.profession, lent.official, set()))
    for gone in await session.execute(_related(session, case, Relation.EXCLUDED)):
        if gone.id in found:
            found[gone.id].excluded = True
    return found


async def candidate_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    people = sorted((one for one in (await roster_of(session, case)).values() if not one.excluded), key=_by_name)
    return [Option(str(one.person_id), _label(one)) for one in people]


def _with_posts(session: AsyncSession, case: Case) -> Select[UUID, str, str | None, bool, str, int]:
    now = instant(session)
    return (
        select(Person.id, Person.name, Person.profession, _official(session), Post.role, Post.office_id)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(Office.tenant_id == holder_tenant(case), Post.since <= now, or_(Post.until.is_(None), Post.until > now))
    )


def _related(session: AsyncSession, case: Case, relation: Relation) -> Select[UUID, str, str | None, bool]:
    return (
        select(Person.id, Person.name, Person.profession, _official(session))
        .join(CaseRelation, CaseRelation.person_id == Person.id)
        .where(
            CaseRelation.case_id == case.id,
            CaseRelation.relation == relation.value,
            CaseRelation.until > instant(session),
        )
    )


def _official(session: AsyncSession) -> Label[bool]:
    """A definer function: the status is seen also where its row is not."""
    return func.is_official(Person.id, local_date(instant(session))).label("official")


def _label(one: Candidate) -> str:
    posts = in_a_row(translate(ROLE_NAMES[role]) for role in sorted(one.roles) if role in ROLE_NAMES)
    return one.name + in_brackets(posts) if posts else one.name


def _by_name(one: Candidate) -> tuple[str, UUID]:
    return one.name, one.person_id
