"""The administrator's hand on the programs' tokens of the own tenant and those below: seen without secret, ended."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import NotFound
from foundation.store import instant
from organisation.subtree import office_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Post
from tenants.subject import Subject
from tenants.tokens import Token, TokenView, end_token, listed, require_session, view

MOST = 200


async def tokens_below(session: AsyncSession, subject: Subject) -> Sequence[TokenView]:
    """Tokens in force whose posts lie in the subject's subtree: the newest 200; row-level security draws the line."""
    _require_administrator(subject)
    in_force = (Token.revoked_at.is_(None), Token.ends_at > instant(session))
    found = await session.execute(listed().where(*in_force).limit(MOST))
    return [view(row) for row in found]


async def revoke_below(session: AsyncSession, subject: Subject, token_id: UUID) -> None:
    """End anybody's token in the subject's subtree; NotFound elsewhere. Audited in both tenants' chains."""
    _require_administrator(subject)
    token = await session.get(Token, token_id)
    if token is None:
        raise NotFound
    post = await session.get_one(Post, token.post_id)
    office: Office = await office_within(session, subject, post.office_id)
    await end_token(session, subject, token, office.tenant_id)


def _require_administrator(subject: Subject) -> None:
    require_session(subject)
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
