"""The second factor of an account: who needs one, what passes, when it is set and taken away."""

import unicodedata
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden
from foundation.language import N_
from foundation.store import instant
from tenants import one_time, recovery_codes
from tenants.accounts import RecoveryCode, SecondFactor
from tenants.tiers import Tier

EVERYWHERE = frozenset({"sysadmin", "secadmin", "auditadmin", "supervisor_p", "supervisor_f"})
OVERSEEING_OFFICE = "lgo_director"
"""At the province and the prefectures it oversees other tenants' cases; a county's own office sees its county's."""
OVERSEEING_TIERS = frozenset({Tier.PROVINCE, Tier.PREFECTURE})


class SecondFactorRequired(Forbidden):
    """This post can't be acted in by a session that showed a password alone."""

    code = "second_factor_required"
    message = N_("这个岗位须使用两步验证：请先登记，再以它办理")


class SecondFactorKept(Conflict):
    """A required second factor is replaced, never just taken away."""

    code = "second_factor_kept"
    message = N_("您的岗位须使用两步验证，只能更换，不能取消")


class FactorState(Struct, frozen=True):
    """`enrolled_at` null = none."""

    enrolled_at: datetime | None
    codes_left: int
    required: bool


def required(role: str, tier: str) -> bool:
    """Administrators and those who oversee other tenants (GB/T 22239-2019, level 3: two kinds of proof)."""
    return role in EVERYWHERE or (role == OVERSEEING_OFFICE and tier in OVERSEEING_TIERS)


async def enrolled_at(session: AsyncSession, account_id: UUID) -> datetime | None:
    return await session.scalar(select(SecondFactor.enrolled_at).where(SecondFactor.account_id == account_id))


async def passes(session: AsyncSession, account_id: UUID, given: str) -> bool:
    """Whether `given` is the authenticator's code, or a recovery code. Either works once only."""
    typed = plain(given)
    if not one_time.CODE.fullmatch(typed):
        return await recovery_codes.use(session, account_id, typed)
    secret = await session.scalar(select(SecondFactor.secret).where(SecondFactor.account_id == account_id))
    step = None if secret is None else one_time.matching_step(secret, typed, instant(session))
    if step is None:
        return False
    later = update(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.last_step < step)
    return await session.scalar(later.values(last_step=step).returning(SecondFactor.account_id)) is not None


def plain(typed: str) -> str:
    """Without spaces; a Chinese keyboard may send full-width digits."""
    return "".join(unicodedata.normalize("NFKC", typed).split())


async def set_factor(session: AsyncSession, account_id: UUID, secret: str, step: int) -> list[str]:
    """Enrol, or replace; `step` is that of the code just shown. Returns the recovery codes."""
    values = {"secret": secret, "last_step": step, "enrolled_at": instant(session)}
    row = insert(SecondFactor).values(account_id=account_id, **values)
    await session.execute(row.on_conflict_do_update(index_elements=["account_id"], set_=values))
    return await recovery_codes.renew(session, account_id)


async def remove(session: AsyncSession, account_id: UUID) -> None:
    for model in (RecoveryCode, SecondFactor):
        await session.execute(delete(model).where(model.account_id == account_id))
