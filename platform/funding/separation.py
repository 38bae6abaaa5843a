"""Separation of duties counts persons, not posts (31b): nobody checks, approves or pays what is the own."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.custody import moves_of
from cases.models import Case, CaseRelation
from foundation.errors import Forbidden
from foundation.language import N_
from foundation.store import instant
from policies.relations import Relation
from tenants.models import Post
from tenants.subject import Subject

DIRECTOR = "wr_director"


class DutiesNotSeparate(Forbidden):
    code = "duties_not_separate"
    message = N_("您是本案的“%(part)s”，依职责分离须由他人办理")


def keep_apart(subject: Subject, parts: Mapping[UUID | None, str]) -> None:
    """`parts`: who has had which part in this money. Raises DutiesNotSeparate when the subject is one of them."""
    if part := parts.get(subject.person_id):
        raise DutiesNotSeparate(part=part)


async def keep_director_apart(session: AsyncSession, subject: Subject, case: Case) -> None:
    """六(一): the office's director is the workroom's too, and so neither approves nor receives."""
    if subject.person_id in await directors_of(session, case):
        raise DutiesNotSeparate(part=N_("工作室主任"))


async def directors_of(session: AsyncSession, case: Case) -> frozenset[UUID]:
    """Whoever directs a workroom that holds the case or has held it, or did at any time since it was filed."""
    held = {case.holder_office_id, *(move.from_office_id for move in await moves_of(session, case.id))}
    query = select(Post.person_id).where(
        Post.office_id.in_(held),
        Post.role == DIRECTOR,
        Post.since <= instant(session),
        or_(Post.until.is_(None), Post.until > case.filed_at),
    )
    return frozenset(await session.scalars(query))


async def team_people(session: AsyncSession, case: Case) -> frozenset[UUID]:
    """Everyone who has ever worked on the case in a team."""
    query = select(CaseRelation.person_id).where(
        CaseRelation.case_id == case.id, CaseRelation.relation.in_((Relation.TEAM, Relation.HANDLER))
    )
    return frozenset(person for person in await session.scalars(query) if person is not None)
