"""The blind index of identity numbers, made anew from the numbers themselves; one that is missing is added."""

from collections.abc import Sequence

import msgspec
from cryptography.exceptions import InvalidTag
from sqlalchemy import LargeBinary, func, select, tuple_, type_coerce
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.identity_index import PURPOSE, IdentityIndex, number_in
from cases.parties import Party
from foundation.keyring import HEADER, Keyring, KeyUnknown
from server.resealing.exchanged import AnyRow, Exchanged

MADE_BY = func.substring(IdentityIndex.blind, 1, HEADER)
SEALED = "parties.identity"


async def headers(session: AsyncSession) -> dict[bytes | None, int]:
    """How many entries each key and suite has made."""
    found = await session.execute(select(MADE_BY, func.count()).group_by(MADE_BY))
    return {bytes(header): count for header, count in found}


async def batch(session: AsyncSession, header: bytes, after: AnyRow | None, size: int) -> list[AnyRow]:
    """The next parties (case, party, sealed identity) whose entry is missing or made otherwise."""
    same = (IdentityIndex.case_id == Party.case_id) & (IdentityIndex.party_id == Party.id)
    query = select(Party.case_id, Party.id, type_coerce(Party.identity, LargeBinary)).outerjoin(IdentityIndex, same)
    query = query.where(Party.identity.is_not(None), MADE_BY.is_distinct_from(header))
    if after is not None:
        query = query.where(tuple_(Party.case_id, Party.id) > tuple_(*after))
    return [tuple(row) for row in await session.execute(query.order_by(Party.case_id, Party.id).limit(size))]


async def exchange(session: AsyncSession, rows: Sequence[AnyRow], ring: Keyring) -> Exchanged:
    entries, unreadable = [], 0
    for case_id, party_id, sealed in rows:
        try:
            number = number_in(msgspec.json.decode(ring.open(sealed, SEALED)))
        except (InvalidTag, KeyUnknown):
            unreadable += 1
            continue
        if number:
            entries.append({"case_id": case_id, "party_id": party_id, "blind": ring.blind(number, PURPOSE)})
    if entries:
        wanted = insert(IdentityIndex).values(entries)
        await session.execute(
            wanted.on_conflict_do_update(index_elements=["case_id", "party_id"], set_={"blind": wanted.excluded.blind})
        )
    return Exchanged(len(entries), unreadable)
