"""Who a person is in one post now: for what is done later on that person's behalf."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.store import instant
from tenants.accounts import Account
from tenants.models import Person
from tenants.sessions import posts_in_force
from tenants.subject import Subject
from tenants.tokens import Token


async def acting(session: AsyncSession, person_id: UUID, post_id: UUID, token_id: UUID | None = None) -> Subject | None:
    """None once the post, the account or the program's token is no longer in force.

    The session's scope must be this person's. What asked for a second factor was asked when it was ordered.
    """
    post = next((one for one in await posts_in_force(session, person_id) if one.id == post_id), None)
    query = select(Account.id, Person.name).join(Person, Person.id == Account.person_id)
    account = (await session.execute(query.where(Person.id == person_id, Account.disabled_at.is_(None)))).one_or_none()
    if post is None or account is None or not await _token_holds(session, token_id):
        return None
    return Subject(
        person_id=person_id,
        role=post.role,
        tier=post.tier,
        tenant_id=post.tenant_id,
        office_id=post.office_id,
        office_kind=post.office_kind,
        post_id=post.id,
        account_id=account.id,
        name=account.name,
        token_id=token_id,
    )


async def _token_holds(session: AsyncSession, token_id: UUID | None) -> bool:
    if token_id is None:
        return True
    now = instant(session)
    holds = select(Token.id).where(Token.id == token_id, or_(Token.revoked_at.is_(None), Token.revoked_at > now))
    return await session.scalar(holds.where(Token.ends_at > now)) is not None
