"""Giving and ending posts: role × office × term."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.subtree import note, office_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Person, Post, Tenant
from tenants.roles import ADMINISTRATORS, ONLY_AT, PROFESSIONS, ROLE_NAMES
from tenants.subject import Subject
from tenants.two_persons import needs_two_persons

ROLES_IN_FORCE = text("select role from roles_in_force(:person)")
EXCLUDED = "23P01"
"""What the trigger `roles_exclude` answers: another transaction gave the other half of a forbidden pair first."""


class RolesExclude(Conflict):
    code = "roles_exclude"
    message = N_("系统、安全、审计管理员互不兼任，也不得兼任其他岗位")


class PostHeld(Conflict):
    code = "post_held"
    message = N_("此人在这个机构已有这个岗位")


class OwnPost(Forbidden):
    code = "own_post"
    message = N_("不能给自己设岗位或撤岗位")


class PostForm(Struct, frozen=True):
    """A known person by id, or a new one by name."""

    office_id: Annotated[int, Meta(title=N_("机构"))]
    role: Annotated[str, Meta(title=N_("岗位"), extra={"options": "roles"})]
    person_id: Annotated[UUID, Meta(title=N_("人员"))] | None = None
    name: Annotated[str, Meta(title=N_("姓名"), max_length=40)] | None = None
    profession: Annotated[str, Meta(title=N_("职业"), max_length=20)] | None = None


async def give_post(session: AsyncSession, subject: Subject, form: PostForm) -> Post:
    """The post begins now, or waits for a security administrator (`organisation.grants`); the operator's begin now.

    Raises RolesExclude, OwnPost, PostHeld, InvalidInput, NotFound.
    """
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    office = await office_within(session, subject, form.office_id)
    if form.role not in ROLE_NAMES:
        raise invalid("role", "not_a_choice", N_("请从所列项目中选择"))
    person_id = form.person_id or await _new_person(session, form)
    if person_id == subject.person_id:
        raise OwnPost
    await _check_held(session, person_id, form)
    await _check_roles(session, person_id, form.role)
    await _check_tier(session, office, form.role)
    now = instant(session)
    waits = needs_two_persons(form.role) and subject.system is None
    begin = None if waits else now
    post = Post(id=new_id(now), person_id=person_id, office_id=office.id, role=form.role, since=begin)
    await _store(session, post)
    detail = {"given": form.role, "waits": True} if waits else {"given": form.role}
    await note(session, subject, Action.ACCOUNT_MANAGE, "post", post.id, office.tenant_id, **detail)
    return post


async def end_post(session: AsyncSession, subject: Subject, post_id: UUID) -> Post:
    """Ends now: a session in this post has none from its next request on. One that waits is never confirmed then."""
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    post = await session.get(Post, post_id, with_for_update=True)
    if post is None:
        raise NotFound
    office = await office_within(session, subject, post.office_id)
    if post.person_id == subject.person_id:
        raise OwnPost
    if post.until is not None:
        raise Conflict
    post.until = instant(session)
    await session.flush()
    await note(session, subject, Action.ACCOUNT_MANAGE, "post", post.id, office.tenant_id, ended=post.role)
    return post


async def _new_person(session: AsyncSession, form: PostForm) -> UUID:
    if not form.name:
        raise invalid("name", "required", N_("请填写"))
    if form.profession is not None and form.profession not in PROFESSIONS:
        raise invalid("profession", "not_a_choice", N_("请从所列项目中选择"))
    person = Person(id=new_id(instant(session)), name=form.name, profession=form.profession)
    session.add(person)
    await session.flush()
    return person.id


async def _check_held(session: AsyncSession, person_id: UUID, form: PostForm) -> None:
    same = (Post.person_id == person_id, Post.office_id == form.office_id, Post.role == form.role)
    in_force = or_(Post.until.is_(None), Post.until > instant(session))
    if await session.scalar(select(Post.id).where(*same, in_force).limit(1)):
        raise PostHeld


async def _check_roles(session: AsyncSession, person_id: UUID, role: str) -> None:
    held = set((await session.scalars(ROLES_IN_FORCE, {"person": person_id})).all())
    exclusive = role in ADMINISTRATORS or not held.isdisjoint(ADMINISTRATORS)
    if exclusive and held - {role}:
        raise RolesExclude


async def _check_tier(session: AsyncSession, office: Office, role: str) -> None:
    tenant = await session.get_one(Tenant, office.tenant_id)
    if tenant.tier not in ONLY_AT.get(role, tenant.tier):
        raise invalid("role", "not_at_this_tier", N_("这个岗位不设在这一级"))


async def _store(session: AsyncSession, post: Post) -> None:
    try:
        async with session.begin_nested():
            session.add(post)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", "") == EXCLUDED:
            raise RolesExclude from error
        raise
