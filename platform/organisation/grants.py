"""The second person's word on a post that a system administrator gave: it begins, or it never does.

The security administrator of the same tenant or above speaks it, being neither who gave the post nor who gets it; the
province's alone for security administrators. The database function asks again what is asked here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from foundation.errors import Conflict, DomainError, Forbidden, NotFound
from foundation.language import N_
from organisation.posts import EXCLUDED, RolesExclude
from organisation.subtree import note, office_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person, Post, PostGrant, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier
from tenants.tokens import require_session
from tenants.two_persons import REASONS

MOST = 200
OF_THE_PROVINCE = "secadmin"


class OwnGrant(Forbidden):
    code = "own_grant"
    message = N_("设岗的人和任职的人都不能确认或拒绝这个岗位，须由另一名安全管理员办理")


class ProvinceConfirms(Forbidden):
    code = "province_confirms"
    message = N_("安全管理员的岗位由省级安全管理员确认")


class GrantDecided(Conflict):
    code = "grant_decided"
    message = N_("这个岗位不在待确认之列：已确认、已拒绝或已撤")


NAMED: dict[str, type[DomainError]] = {
    "TJ404": NotFound, "TJ403": OwnGrant, "TJ409": GrantDecided, EXCLUDED: RolesExclude,
}  # fmt: skip
"""What the database refuses with."""


class RefusalForm(Struct, frozen=True):
    reason: Annotated[
        str,
        Meta(title=N_("拒绝理由"), description=N_("设岗的管理员看得到"), min_length=4, max_length=200, pattern=r"\S"),
    ]


class GrantView(Struct, frozen=True):
    """A post that waits. `because`: msgid why it takes two. `hindrance`: msgid why the asker can't decide it."""

    post_id: UUID
    role: str
    because: str
    person: str
    office: str
    tenant: str
    given_by: str | None
    given_at: datetime
    hindrance: str | None


async def waiting_grants(session: AsyncSession, subject: Subject) -> Sequence[GrantView]:
    """Of the subject's subtree, the oldest 200; row-level security draws the line."""
    _require_administrator(subject)
    query = _listed(Post.since.is_(None), Post.until.is_(None)).order_by(PostGrant.given_at, Post.id).limit(MOST)
    return [_view(subject, *row) for row in await session.execute(query)]


async def waiting_grant(session: AsyncSession, subject: Subject, post_id: UUID) -> GrantView:
    """Raises NotFound, GrantDecided."""
    _require_administrator(subject)
    await _waiting(session, subject, post_id)
    return _view(subject, *(await session.execute(_listed(Post.id == post_id))).one())


def _listed(
    *which: ColumnElement[bool],
) -> Select[Post, PostGrant, str, str, str, str]:
    giver = aliased(Person)
    return (
        select(Post, PostGrant, Person.name, Office.name, Tenant.name, giver.name)
        .join(PostGrant, PostGrant.post_id == Post.id)
        .join(Person, Person.id == Post.person_id)
        .join(Office, Office.id == Post.office_id)
        .join(Tenant, Tenant.id == Office.tenant_id)
        .outerjoin(giver, giver.id == PostGrant.given_by)
        .where(*which)
    )


async def confirm_grant(session: AsyncSession, subject: Subject, post_id: UUID) -> Post:
    """The post begins now. Raises NotFound, OwnGrant, ProvinceConfirms, GrantDecided, RolesExclude."""
    return await _decide(session, subject, post_id, None)


async def refuse_grant(session: AsyncSession, subject: Subject, post_id: UUID, form: RefusalForm) -> Post:
    """The post never begins; whoever gave it reads why. Raises NotFound, OwnGrant, ProvinceConfirms, GrantDecided."""
    return await _decide(session, subject, post_id, form.reason)


async def _decide(session: AsyncSession, subject: Subject, post_id: UUID, reason: str | None) -> Post:
    _require_administrator(subject)
    post, grant, office = await _waiting(session, subject, post_id)
    if hindrance := _hindrance(subject, post, grant):
        raise hindrance
    await _write(session, post_id, reason)
    await session.refresh(post)
    outcome = "confirmed" if reason is None else "refused"
    await note(session, subject, Action.ROLE_GRANT, "post", post_id, office.tenant_id, **{outcome: post.role})
    return post


async def _waiting(session: AsyncSession, subject: Subject, post_id: UUID) -> tuple[Post, PostGrant, Office]:
    post = await session.get(Post, post_id)
    if post is None:
        raise NotFound
    office = await office_within(session, subject, post.office_id)
    grant = await session.get(PostGrant, post_id)
    if grant is None or post.since is not None or post.until is not None:
        raise GrantDecided
    return post, grant, office


async def _write(session: AsyncSession, post_id: UUID, reason: str | None) -> None:
    try:
        async with session.begin_nested():
            await session.execute(select(func.decide_post_grant(post_id, reason)))
    except DBAPIError as error:
        named = NAMED.get(str(getattr(error.orig, "sqlstate", None)))
        if named is None:
            raise
        raise named from error


def _hindrance(subject: Subject, post: Post, grant: PostGrant) -> Forbidden | None:
    """Persons are compared, not posts."""
    if subject.person_id in (post.person_id, grant.given_by):
        return OwnGrant()
    if post.role == OF_THE_PROVINCE and subject.tier != Tier.PROVINCE:
        return ProvinceConfirms()
    return None


def _view(
    subject: Subject, post: Post, grant: PostGrant, person: str, office: str, tenant: str, giver: str | None
) -> GrantView:
    hindrance = _hindrance(subject, post, grant)
    return GrantView(
        post_id=post.id,
        role=post.role,
        because=REASONS[post.role],
        person=person,
        office=office,
        tenant=tenant,
        given_by=giver,
        given_at=grant.given_at,
        hindrance=None if hindrance is None else hindrance.message,
    )


def _require_administrator(subject: Subject) -> None:
    """A session of a security administrator: no program gives posts."""
    require_session(subject)
    gate.require_role(subject, Action.ROLE_GRANT, Relation.NONE)
