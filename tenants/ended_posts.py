"""A post that ended while somebody acted in it, told in words: what became of it, and in which post to go on."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.language import N_
from foundation.store import Store, instant
from tenants.accounts import SignIn
from tenants.models import Office, Post
from tenants.post_choice import PostNotChosen
from tenants.roles import ROLE_NAMES
from tenants.sessions import hashed, own, signed_in


class PostEnded(PostNotChosen):
    """To a program the same refusal; to a person what happened."""

    message = N_("您原来的岗位（%(office)s，%(role)s）已结束。请选择现在的岗位；没有可选岗位的，请联系系统管理员")


class PostMerged(PostEnded):
    message = N_(
        "%(office)s已并入%(successor)s，您原来的岗位（%(role)s）随之结束，"
        "请改选在%(successor)s的同一岗位继续办理；没有列出的，请联系系统管理员"
    )


async def lost_post(store: Store, token: str) -> PostNotChosen:
    """Why this session acts in no post: none was chosen yet, or the one that was has ended."""
    subject = await signed_in(store, token)
    async with store.scoped(own(subject.person_id)) as session:
        now = instant(session)
        query = (
            select(Post, Office)
            .join(SignIn, SignIn.post_id == Post.id)
            .join(Office, Office.id == Post.office_id)
            .where(SignIn.token_hash == hashed(token), Post.person_id == subject.person_id)
            .where(or_(Post.until <= now, Office.valid_to <= local_date(now)))
        )
        found = (await session.execute(query)).one_or_none()
        if found is None:
            return PostNotChosen()
        post, office = found
        told = {"office": office.name, "role": ROLE_NAMES[post.role]}
        successor = await _successor(session, post, now) if office.valid_to is not None else None
        return PostEnded(**told) if successor is None else PostMerged(**told, successor=successor)


async def _successor(session: AsyncSession, post: Post, now: datetime) -> str | None:
    """The office where the same person's same post began when this one ended."""
    query = select(Office.name).join(Post, Post.office_id == Office.id).where(
        Post.person_id == post.person_id, Post.role == post.role, Post.since == post.until,
        or_(Post.until.is_(None), Post.until > now),
    )  # fmt: skip
    name: str | None = await session.scalar(query.limit(1))
    return name
