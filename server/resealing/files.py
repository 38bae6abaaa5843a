"""Files in the store, each sealed anew as a whole; the store exchanges an object at once or not at all."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.files import FileStore, StoredFile
from foundation.keyring import KeyUnknown
from server.resealing.exchanged import Exchanged


async def batch(session: AsyncSession, after: UUID | None, size: int) -> Sequence[UUID]:
    """The next files of the database."""
    query = select(StoredFile.id).order_by(StoredFile.id).limit(size)
    return (await session.scalars(query if after is None else query.where(StoredFile.id > after))).all()


async def headers(session: AsyncSession, files: FileStore, size: int) -> dict[bytes | None, int]:
    """How many files each key and suite has sealed; None = rows whose object is not in the store."""
    found: Counter[bytes | None] = Counter()
    after: UUID | None = None
    while ids := await batch(session, after, size):
        found.update([await files.header(file_id) for file_id in ids])
        after = ids[-1]
    return dict(found)


async def exchange(files: FileStore, ids: Sequence[UUID]) -> Exchanged:
    """Those that another key sealed."""
    made = unreadable = 0
    for file_id in ids:
        if await files.header(file_id) in (files.keyring.header, None):
            continue
        try:
            await files.seal_anew(file_id)
            made += 1
        except (InvalidTag, KeyUnknown):
            unreadable += 1
    return Exchanged(made, unreadable)
