"""Who may sit on the team of a case: people with a post at the holder's tenant, and persons lent to it.

Asked in a fixed number of statements, however many they are.
"""

from collections.abc import Collection
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Label, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.committee import committee_of
from cases.models import Case, CaseRelation
from cases.timeline import holder_tenant
from foundation.clock import local_date
from foundation.store import instant
from policies.relations import Relation
from teams.declined import declined_people
from teams.roles import MEDIATOR_POSTS
from teams.ties import Background, backgrounds
from tenants.models import Office, Person, Post

UNKNOWN = Background(0, (), (), ())


class Candidate(Struct):
    """One person, with what the rules of seating look at. `appointed`: a mediator of the station's committee;
    `declined`: a party did not accept this person (N8: nobody is asked again about the same one)."""

    person_id: UUID
    name: str
    profession: str | None
    official: bool
    roles: set[str]
    appointed: bool = False
    excluded: bool = False
    declined: bool = False
    background: Background = UNKNOWN


Roster = dict[UUID, Candidate]


async def roster_of(session: AsyncSession, case: Case, also: Collection[UUID] = ()) -> Roster:
    """Everyone who may be proposed, and those who are excluded from the case, marked; `also`: whoever they are."""
    committee = await committee_of(session, case)
    found: Roster = {}
    for row in await session.execute(_with_posts(session, case)):
        here = found.setdefault(row.id, Candidate(row.id, row.name, row.profession, row.official, set()))
        here.roles.add(row.role)
        here.appointed |= row.office_id == committee and row.role in MEDIATOR_POSTS
    for one in await session.execute(_persons(session).where(Person.id.in_(also))) if also else ():
        found.setdefault(one.id, Candidate(one.id, one.name, one.profession, one.official, set()))
    for near in await session.execute(_related(session, case)):
        if near.relation == Relation.ASSISTS:
            found.setdefault(near.id, Candidate(near.id, near.name, near.profession, near.official, set()))
        elif near.id in found:
            found[near.id].excluded = True
    declined = await declined_people(session, case.id)
    for person_id, background in (await backgrounds(session, case, found)).items():
        found[person_id].background = background
        found[person_id].declined = person_id in declined
    return found


def _with_posts(session: AsyncSession, case: Case) -> Select[UUID, str, str | None, bool, str, int]:
    now = instant(session)
    return (
        select(Person.id, Person.name, Person.profession, _official(session), Post.role, Post.office_id)
        .join(Post, Post.person_id == Person.id)
        .join(Office, Office.id == Post.office_id)
        .where(Office.tenant_id == holder_tenant(case), Post.since <= now, or_(Post.until.is_(None), Post.until > now))
    )


def _related(session: AsyncSession, case: Case) -> Select[str, UUID, str, str | None, bool]:
    """Those lent come first, so that one of them who is excluded is found."""
    now = instant(session)
    return (
        select(CaseRelation.relation, Person.id, Person.name, Person.profession, _official(session))
        .join(Person, Person.id == CaseRelation.person_id)
        .where(
            CaseRelation.case_id == case.id,
            CaseRelation.relation.in_((Relation.ASSISTS.value, Relation.EXCLUDED.value)),
            CaseRelation.since <= now,
            CaseRelation.until > now,
        )
        .order_by(CaseRelation.relation, CaseRelation.id)
    )


def _persons(session: AsyncSession) -> Select[UUID, str, str | None, bool]:
    return select(Person.id, Person.name, Person.profession, _official(session))


def _official(session: AsyncSession) -> Label[bool]:
    """A definer function: the status is seen also where its row is not."""
    return func.is_official(Person.id, local_date(instant(session))).label("official")
