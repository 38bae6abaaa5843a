"""Digests of declared identity numbers, made anew from the numbers, so that they go on being compared."""

from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, func, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.keyring import HEADER, Keyring, KeyUnknown
from server.resealing.exchanged import AnyRow, Exchanged
from tenants.background import BLIND_PURPOSE, DeclaredKin

MADE_BY = func.substring(DeclaredKin.blind, 1, HEADER)
SEALED = "declared_kin.number"


async def headers(session: AsyncSession) -> dict[bytes | None, int]:
    """How many digests each key and suite has made."""
    found = await session.execute(select(MADE_BY, func.count()).group_by(MADE_BY))
    return {bytes(header): count for header, count in found}


async def batch(session: AsyncSession, header: bytes, after: AnyRow | None, size: int) -> list[AnyRow]:
    """The next rows (id, sealed number) whose digest was made otherwise."""
    query = select(DeclaredKin.id, type_coerce(DeclaredKin.number, LargeBinary))
    query = query.where(MADE_BY.is_distinct_from(header))
    if after is not None:
        query = query.where(DeclaredKin.id > after[0])
    return [tuple(row) for row in await session.execute(query.order_by(DeclaredKin.id).limit(size))]


async def exchange(session: AsyncSession, rows: Sequence[AnyRow], ring: Keyring) -> Exchanged:
    made, unreadable = 0, 0
    for key, sealed in rows:
        try:
            number: str = msgspec.json.decode(ring.open(sealed, SEALED), type=str)
        except (InvalidTag, KeyUnknown):
            unreadable += 1
            continue
        blind = ring.blind(number.encode(), BLIND_PURPOSE)
        await session.execute(update(DeclaredKin).where(DeclaredKin.id == key).values(blind=blind))
        made += 1
    return Exchanged(made, unreadable)
