"""The audit log: one hash chain per tenant, appended by one SQL function for both ORMs. Never personal data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import late
from foundation.grammar import Word
from foundation.model import Base


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


class Link(Struct, frozen=True):
    """What the database is given for one link; it knows the rest."""

    tenant: int
    actor: str
    post: UUID | None
    action: str
    kind: str
    object: str
    outcome: str
    detail: dict[str, Any]


APPEND = late.Part(
    "links",
    """
select count(audit_append(tenant, $2, actor, post, action, kind, object, outcome, detail)) from (
    select * from rows from (jsonb_to_recordset({rows}) as (
        tenant int, actor text, post uuid, action text, kind text, object text, outcome text, detail jsonb
    )) with ordinality as link (tenant, actor, post, action, kind, object, outcome, detail, place)
    order by tenant, place) as links
""",
    calls=True,
)
"""Chain by chain in the order of the tenants, so that two transactions can't wait for each other's."""


async def append(session: AsyncSession, entry: Entry, *tenants: int) -> None:
    """One link in the chain of each tenant. They are written last of all, for a chain is locked until the commit."""
    late.note(session, [(APPEND, _link(session, entry, entry.object_id, tenant)) for tenant in sorted(set(tenants))])


async def append_each(session: AsyncSession, entry: Entry, object_ids: Sequence[str], tenant: int) -> None:
    """One link for each of these objects, in their order: for who does the same to many."""
    late.note(session, [(APPEND, _link(session, entry, object_id, tenant)) for object_id in object_ids])


def _link(session: AsyncSession, entry: Entry, object_id: str, tenant: int) -> Link:
    """What a program did names its token."""
    token = session.info.get("token_id")
    detail = {**entry.detail, "token": str(token)} if token else entry.detail
    action, kind = entry.action.value, entry.object_kind
    return Link(tenant, entry.actor, entry.post_id, action, kind, object_id, entry.outcome, detail)
