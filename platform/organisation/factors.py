"""Taking a lost second factor away from a person's account: its own verb, for the security administrator above."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, NotFound
from foundation.language import N_
from organisation.account_reach import account_within_reach
from organisation.subtree import note
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.accounts import Account
from tenants.subject import Subject


class OwnFactor(Forbidden):
    code = "own_factor"
    message = N_("不能给自己重置两步验证，请在“两步验证”页更换，或请上级重置")


class NoFactor(Conflict):
    code = "no_factor"
    message = N_("这个账号没有登记两步验证")


async def reset_factor(session: AsyncSession, subject: Subject, login: str) -> None:
    """The factor and its recovery codes go, every session ends; the next sign-in enrols anew where a post asks for it.

    The password stays: who resets can't enter. Raises NotFound, PostsElsewhere, OwnFactor, NoFactor.
    """
    if subject.system is None:
        gate.require_role(subject, Action.ACCOUNT_RESET_FACTOR, Relation.NONE)
    account = (await session.scalars(select(Account).where(Account.login == login.strip().lower()))).one_or_none()
    if account is None:
        raise NotFound
    tenant = await account_within_reach(session, subject, account.person_id)
    if account.person_id == subject.person_id:
        raise OwnFactor
    if not await session.scalar(select(func.forget_second_factor(account.id))):
        raise NoFactor
    await note(session, subject, Action.ACCOUNT_RESET_FACTOR, "account", account.id, tenant)
