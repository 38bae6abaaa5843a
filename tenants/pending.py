"""Between the two steps of signing in: a token that is good for the second step and for nothing else."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import RowMapping, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError
from foundation.language import N_
from foundation.store import Store, instant
from tenants import one_time
from tenants.accounts import Account, PendingSignIn
from tenants.sessions import TOKEN_BYTES, hashed

ANSWER_WITHIN = timedelta(minutes=5)
ENROL_WITHIN = timedelta(minutes=15)
"""An app must be found and installed first."""

ADMIT = text("select * from pending_account(:token, :charge)")


class PendingGone(DomainError):
    """The token is unknown, used, or too old: the password has to be shown again."""

    code = "second_step_over"
    status = 401
    message = N_("登录已超时或已完成，请重新输入密码")


class SecondStep(Struct, frozen=True):
    """What a right password leads to when a second step is due. `enrol`: there is no second factor yet."""

    pending: str
    enrol: bool
    ends_at: datetime
    language: str


async def begin(session: AsyncSession, account_id: UUID, language: str, *, enrol: bool) -> SecondStep:
    """In the person's own scope; to enrol, a new secret is offered with it."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends_at = instant(session) + (ENROL_WITHIN if enrol else ANSWER_WITHIN)
    offered = one_time.new_secret() if enrol else None
    session.add(PendingSignIn(token_hash=hashed(token), account_id=account_id, offered=offered, ends_at=ends_at))
    await session.flush()
    return SecondStep(token, enrol, ends_at, language)


async def account_of(store: Store, token: str, *, charge: bool) -> RowMapping:
    """The account whose second step it is; raises PendingGone. `charge`: one more failure, until `settle`."""
    async with store.anonymous() as session:
        row = await session.execute(ADMIT, {"token": hashed(token), "charge": charge})
        account = row.mappings().one_or_none()
    if account is None:
        raise PendingGone
    return account


async def offered(session: AsyncSession, token: str) -> str:
    """The secret that may be enrolled; PendingGone when this step is not for enrolling."""
    secret = await session.scalar(select(PendingSignIn.offered).where(PendingSignIn.token_hash == hashed(token)))
    if secret is None:
        raise PendingGone
    return secret


async def take_turn(session: AsyncSession, account_id: UUID) -> None:
    """Whoever proves or changes a factor of the account holds its row until the transaction ends."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


async def use_up(session: AsyncSession, token: str) -> None:
    """Of two that use the same token at once, the second gets PendingGone."""
    mine = PendingSignIn.token_hash == hashed(token)
    if await session.scalar(delete(PendingSignIn).where(mine).returning(PendingSignIn.account_id)) is None:
        raise PendingGone
