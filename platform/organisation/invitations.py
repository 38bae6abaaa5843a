"""Inviting a person to set a password: a link that works once within seven days; also for a forgotten one."""

import secrets
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden, NotFound, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.account_reach import account_within_reach
from organisation.subtree import note
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.accounts import Account, Invitation
from tenants.sessions import TOKEN_BYTES, hashed
from tenants.subject import Subject
from tenants.tokens import revoke_all

VALID_FOR = timedelta(days=7)


class OwnAccount(Forbidden):
    code = "own_account"
    message = N_("不能停用自己的账号")


class InvitationForm(Struct, frozen=True):
    person_id: Annotated[UUID, Meta(title=N_("人员"))]
    login: Annotated[
        str,
        Meta(
            title=N_("登录名"),
            description=N_("小写字母开头，3 至 40 位，可用字母、数字、点、下划线和短横"),
            pattern=r"^[a-z][a-z0-9._-]{2,39}$",
        ),
    ]


async def invite(session: AsyncSession, subject: Subject, form: InvitationForm) -> str:
    """Make the account when there is none; returns the link's token, shown once and stored hashed."""
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    tenant = await account_within_reach(session, subject, form.person_id)
    account = await _account(session, form)
    now = instant(session)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(Invitation(token_hash=hashed(token), account_id=account.id, made_at=now, ends_at=now + VALID_FOR))
    await session.flush()
    await note(session, subject, Action.ACCOUNT_MANAGE, "account", account.id, tenant, invited=True)
    return token


async def disable_account(session: AsyncSession, subject: Subject, login: str) -> Account:
    """Nobody signs in with it any more; its sessions are over. Raises NotFound, PostsElsewhere, OwnAccount."""
    return await _set_disabled(session, subject, login, disabled=True)


async def enable_account(session: AsyncSession, subject: Subject, login: str) -> Account:
    """Open again, and free of the lock of failed attempts."""
    return await _set_disabled(session, subject, login, disabled=False)


async def _set_disabled(session: AsyncSession, subject: Subject, login: str, *, disabled: bool) -> Account:
    gate.require_role(subject, Action.ACCOUNT_MANAGE, Relation.NONE)
    account = (await session.scalars(select(Account).where(Account.login == login.strip().lower()))).one_or_none()
    if account is None:
        raise NotFound
    tenant = await account_within_reach(session, subject, account.person_id)
    if disabled and account.person_id == subject.person_id:
        raise OwnAccount
    account.disabled_at = instant(session) if disabled else None
    account.failures, account.locked_until = 0, None
    if disabled:
        await revoke_all(session, account.id)
    await session.flush()
    await note(session, subject, Action.ACCOUNT_MANAGE, "account", account.id, tenant, disabled=disabled)
    return account


async def _account(session: AsyncSession, form: InvitationForm) -> Account:
    account = (await session.scalars(select(Account).where(Account.person_id == form.person_id))).one_or_none()
    if account is not None:
        return account
    account = Account(id=new_id(instant(session)), person_id=form.person_id, login=form.login)
    try:
        async with session.begin_nested():
            session.add(account)
    except IntegrityError as error:  # the login may be one that row-level security hides
        raise invalid("login", "taken", N_("这个登录名已有人用")) from error
    return account
