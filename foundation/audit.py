"""The audit log: one hash chain per tenant, appended by one SQL function for both ORMs. Never personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, LargeBinary, String, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.grammar import Word
from foundation.model import Base
from foundation.store import instant


class AuditRow(Base):
    __tablename__ = "audit_log"

    tenant_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, type_=BigInteger)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String, comment="person id, or the name of a system subject")
    post_id: Mapped[UUID | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    outcome: Mapped[str] = mapped_column(comment="done | refused")
    detail: Mapped[dict[str, Any]]
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """The last link of each chain: what a cut tail is measured against."""

    __tablename__ = "audit_heads"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(type_=BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Entry(Struct, frozen=True):
    """What happened. `detail` holds codes and ids only."""

    actor: str
    post_id: UUID | None
    action: Word
    object_kind: str
    object_id: str
    outcome: str = "done"
    detail: dict[str, Any] = {}


CALL = "audit_append(:tenant, :at, :actor, :post, :action, :kind, :object, :outcome, cast(:detail as jsonb))"
APPEND = text(f"select {CALL}")
EACH = text(f"select count({CALL.replace(':object', 'each_id')}) from unnest(cast(:objects as text[])) each_id")


async def append(session: AsyncSession, entry: Entry, *tenants: int) -> None:
    """Append to the chain of each tenant, locked in id order so that two acts can't wait for each other."""
    for tenant in sorted(set(tenants)):
        await session.execute(APPEND, values(session, entry, tenant))


def calls(session: AsyncSession, entry: Entry, *tenants: int) -> tuple[str, dict[str, Any]]:
    """The links of `append` as SQL and its values, for who sends them along with something else, in one statement."""
    chains = {f"tenant_{number}": tenant for number, tenant in enumerate(sorted(set(tenants)))}
    sql = ", ".join(CALL.replace(":tenant", f":{name}") for name in chains)
    (same := values(session, entry, 0)).pop("tenant")
    return sql, same | chains


async def append_each(session: AsyncSession, entry: Entry, object_ids: Sequence[str], tenant: int) -> None:
    """One link for each of these objects, in their order and in one round trip: for who does the same to many."""
    await session.execute(EACH, values(session, entry, tenant) | {"objects": list(object_ids)})


def values(session: AsyncSession, entry: Entry, tenant: int) -> dict[str, Any]:
    """What CALL is given, for who sends it along with something else. What a program did names its token."""
    token = session.info.get("token_id")
    detail = {**entry.detail, "token": str(token)} if token else entry.detail
    return {
        "tenant": tenant,
        "at": instant(session),
        "actor": entry.actor,
        "post": entry.post_id,
        "action": entry.action.value,
        "kind": entry.object_kind,
        "object": entry.object_id,
        "outcome": entry.outcome,
        "detail": msgspec.json.encode(detail).decode(),
    }
