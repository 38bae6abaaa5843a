"""A password shown: every attempt is charged as a failure first, so that parallel guesses can't pass the lock."""

from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError
from foundation.grammar import Happening
from foundation.language import N_
from foundation.store import Store
from tenants import passwords
from tenants.accounts import Account
from tenants.sessions import note

ADMIT = text("select * from account_for_sign_in(:login)")


class SignInRefused(DomainError):
    """One answer for an unknown login, a wrong password, a locked and a disabled account."""

    code = "sign_in_refused"
    status = 401
    message = N_("登录名或密码不对；连续多次输错后，账号会暂时锁定")


async def admitted(store: Store, login: str, password: str) -> RowMapping:
    """The account that login and password open; otherwise SignInRefused. Its charge stands until it is taken back.

    Known or not, locked or not: the same steps are done, so that the time tells nothing.
    """
    async with store.anonymous() as session:
        account = (await session.execute(ADMIT, {"login": login.strip().lower()})).mappings().one()
    right = await passwords.matches(account["password_hash"], password)
    if account["admitted"] and right:
        return account
    async with store.anonymous() as session:
        await note(session, account["person_id"], None, Happening.ACCOUNT_SIGN_IN, account["home_tenant_id"], "refused")
    raise SignInRefused


async def settle(session: AsyncSession, account_id: UUID) -> None:
    """All proof was shown: what was charged is forgotten."""
    await _set(session, account_id, {"failures": 0, "locked_until": None})


async def take_back(session: AsyncSession, account_id: UUID) -> None:
    """The password was right, the second step is due: only the password's own charge goes.

    Otherwise whoever knows the password would wipe out the wrong codes by typing it again.
    """
    await _set(session, account_id, {"failures": func.greatest(Account.failures - 1, 0), "locked_until": None})


async def keep_hash(session: AsyncSession, account: RowMapping, password: str, *, renew: bool = False) -> None:
    """Store a new hash when asked for, or when the old one was made with outdated parameters."""
    if renew or passwords.is_outdated(account["password_hash"]):
        await _set(session, account["account_id"], {"password_hash": await passwords.digest(password)})


async def login_of(session: AsyncSession, account_id: UUID | None) -> str:
    account = await session.get_one(Account, account_id)
    return account.login


async def _set(session: AsyncSession, account_id: UUID, values: dict[str, Any]) -> None:
    await session.execute(update(Account).where(Account.id == account_id).values(values))
