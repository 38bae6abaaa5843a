"""Whose account an administrator has a hand on: of a person all of whose posts lie in the own subtree."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden
from foundation.language import N_
from organisation.subtree import tenant_of_person
from tenants.subject import Subject
from tenants.token_kind import SessionRequired


class PostsElsewhere(Forbidden):
    code = "posts_elsewhere"
    message = N_("此人在本级及以下之外也有岗位，其账号由共同的上级办理")


async def account_within_reach(session: AsyncSession, subject: Subject, person_id: UUID) -> int:
    """The tenant concerned. Raises NotFound, PostsElsewhere, and SessionRequired: no program manages accounts.

    Otherwise whoever once had a post here could be entered, or locked out, by those below.
    """
    if subject.token_id is not None:
        raise SessionRequired
    tenant = await tenant_of_person(session, subject, person_id)
    if subject.system is None and not await session.scalar(select(func.person_wholly_below(person_id))):
        raise PostsElsewhere
    return tenant
