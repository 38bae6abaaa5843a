"""Ten codes that open the account when the authenticator is lost: shown once, stored hashed, each works once."""

import asyncio
import secrets
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.store import instant
from tenants.accounts import RecoveryCode
from tenants.passwords import HASHER

HOW_MANY = 10
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without l, o, i, 0, 1, which are misread."""
GROUPS, GROUP = 2, 5
"""Ten signs are 49 bits: with a lock on the account and Argon2id on the table nobody tries them out."""


async def renew(session: AsyncSession, account_id: UUID) -> list[str]:
    """A new set; the old one is worth nothing from now on. The only time that the codes are seen."""
    codes = [_new_code() for _ in range(HOW_MANY)]
    digests = await asyncio.gather(*(asyncio.to_thread(_digest, account_id, code) for code in codes))
    await session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    session.add_all(RecoveryCode(account_id=account_id, code_hash=digest) for digest in digests)
    await session.flush()
    return codes


async def use(session: AsyncSession, account_id: UUID, code: str) -> bool:
    """Whether it was one of the unused codes; it is used now."""
    digest = await asyncio.to_thread(_digest, account_id, code)
    mine = (RecoveryCode.account_id == account_id, RecoveryCode.code_hash == digest, RecoveryCode.used_at.is_(None))
    used = update(RecoveryCode).where(*mine).values(used_at=instant(session)).returning(RecoveryCode.account_id)
    return await session.scalar(used) is not None


async def left(session: AsyncSession, account_id: UUID) -> int:
    """How many are unused."""
    mine = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(mine) or 0


def _new_code() -> str:
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))


def _digest(account_id: UUID, code: str) -> bytes:
    """The account's id is the salt: one run of Argon2id finds the code among ten."""
    return hash_secret_raw(
        "".join(sign for sign in code.lower() if sign.isalnum()).encode(),
        salt=account_id.bytes,
        time_cost=HASHER.time_cost,
        memory_cost=HASHER.memory_cost,
        parallelism=HASHER.parallelism,
        hash_len=32,
        type=Type.ID,
    )
