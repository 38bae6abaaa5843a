"""The same request twice has one effect: the key, the request's hash and the answer live in the act's own transaction.

A request that failed leaves no key, so it may be repeated. Two at the same time: the second waits for the first.
"""

import hashlib
import re
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Index, LargeBinary, SmallInteger, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.cipher import Sealed
from foundation.errors import DomainError
from foundation.language import N_
from foundation.model import Base
from foundation.store import instant

FORM = re.compile(r"[\x21-\x7e]{1,128}")
"""Visible ASCII, as in draft-ietf-httpapi-idempotency-key-header."""


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = N_("这个幂等键（Idempotency-Key）已用于另一个请求")


class IdempotencyKeyMalformed(DomainError):
    code = "idempotency_key_malformed"
    status = 400
    message = N_("幂等键（Idempotency-Key）须为 1 至 128 个可见的 ASCII 字符")


class IdempotencyKey(Base):
    """One key of one person. `body` is sealed: an answer may hold a party's name."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    request_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger, comment="null only inside the transaction of the act")
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    body: Mapped[str | None] = mapped_column(Sealed("idempotency_keys.body"))
    created_at: Mapped[datetime]


KEYS = Base.metadata.tables[IdempotencyKey.__tablename__]
# Made once, and on the table: SQLAlchemy takes longer to build them for its instances than to run them.
TAKE = insert(KEYS).on_conflict_do_nothing().returning(KEYS.c.key)
KEEP = update(KEYS).where(KEYS.c.person_id == bindparam("mine"), KEYS.c.key == bindparam("taken"))


class Answer(Struct, frozen=True):
    """What the first request got and every repetition gets again."""

    status: int
    headers: dict[str, str]
    body: str


def hash_of(*parts: bytes) -> bytes:
    """Of everything that makes two requests the same; the length keeps neighbouring parts apart."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()


async def begin(session: AsyncSession, person_id: UUID, key: str, route: str, request_hash: bytes) -> Answer | None:
    """The stored answer when this request was answered before; None = do it now, then `keep` its answer."""
    if not FORM.fullmatch(key):
        raise IdempotencyKeyMalformed
    row = {"person_id": person_id, "key": key, "route": route, "request_hash": request_hash}
    taken = await session.execute(TAKE, {**row, "created_at": instant(session)})
    if taken.scalar_one_or_none() is not None:
        return None
    return await _stored(session, person_id, key, route, request_hash)


async def keep(session: AsyncSession, person_id: UUID, key: str, answer: Answer) -> None:
    """Store the answer beside the effect, in the same transaction."""
    await session.flush()  # what the effect can't do is refused now, not when it commits
    values = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    await session.execute(KEEP, {"mine": person_id, "taken": key, **values})


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Remove keys made before an instant; on the relay's role, which alone may. Returns how many."""
    return (await connection.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < before))).rowcount


async def _stored(session: AsyncSession, person_id: UUID, key: str, route: str, request_hash: bytes) -> Answer:
    query = select(IdempotencyKey).where(IdempotencyKey.person_id == person_id, IdempotencyKey.key == key)
    row = (await session.scalars(query)).one()
    if row.route != route or row.request_hash != request_hash:
        raise IdempotencyKeyReused
    if row.status is None:
        raise RuntimeError("a key was committed without its answer: a door forgot to keep it")
    return Answer(row.status, row.headers or {}, row.body or "")
