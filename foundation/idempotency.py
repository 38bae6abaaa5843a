"""The same request twice has one effect: the key, the request's hash and the answer live in the act's own transaction.

A request that failed leaves no key, so it may be repeated. Two at the same time: the second waits for the first.
"""

import hashlib
import re
import zlib
from base64 import b64decode, b64encode
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Index, LargeBinary, SmallInteger, delete, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import direct, late
from foundation.cipher import Sealed
from foundation.errors import DomainError
from foundation.language import N_
from foundation.model import Base
from foundation.prepared import DIALECT
from foundation.store import instant

FORM = re.compile(r"[\x21-\x7e]{1,128}")
"""Visible ASCII, as in draft-ietf-httpapi-idempotency-key-header."""


BODY = Sealed("idempotency_keys.body")


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
    body: Mapped[str | None] = mapped_column(BODY)
    created_at: Mapped[datetime]


TAKE = """
insert into idempotency_keys (person_id, key, route, request_hash, created_at) values ($1, $2, $3, $4, $5)
on conflict do nothing returning key
"""
KEEP = late.Part(
    "kept",
    """
update idempotency_keys k set status = a.status, headers = a.headers, body = a.body
from jsonb_to_recordset({rows}) as a (person_id uuid, key text, status smallint, headers jsonb, body bytea)
where k.person_id = a.person_id and k.key = a.key
""",
)
LONG, PACKED = 1000, "zlib:"
"""Characters from which a body is packed, and what marks it: no JSON begins so."""


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
    if await direct.fetch(session, TAKE, person_id, key, route, request_hash, instant(session)):
        return None
    return await _stored(session, person_id, key, route, request_hash)


async def keep(session: AsyncSession, person_id: UUID, key: str, answer: Answer) -> None:
    """Store the answer beside the effect, in the same transaction."""
    await session.flush()  # what the effect can't do is refused now, not when it commits
    body = BODY.process_bind_param(_packed(answer.body), DIALECT) or b""
    kept = {"status": answer.status, "headers": answer.headers, "body": f"\\x{body.hex()}"}
    late.note(session, [(KEEP, {"person_id": person_id, "key": key, **kept})])


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
    return Answer(row.status, row.headers or {}, _unpacked(row.body or ""))


def _packed(body: str) -> str:
    """A case with all that may be done with it is long and repeats itself; it is kept for two days."""
    if len(body) < LONG:
        return body
    return PACKED + b64encode(zlib.compress(body.encode(), 3)).decode()


def _unpacked(kept: str) -> str:
    return zlib.decompress(b64decode(kept[len(PACKED) :])).decode() if kept.startswith(PACKED) else kept
