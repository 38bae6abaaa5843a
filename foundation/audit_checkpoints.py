"""Checkpoints: once an hour every parent tenant keeps one Merkle root over its own chain and those of its children.

A child that is a parent itself stands in the tree with its own last root, so the province's root holds every chain.
A chain without links stands there too: it was empty then. A parent below whom nothing changed needs no new checkpoint;
the province makes one every hour, as a sign of life.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import LargeBinary, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation import audit_tree, digests
from foundation.digests import Digest
from foundation.model import Base
from foundation.store import instant


class AuditCheckpoint(Base):
    """Written by `checkpoint_keep` alone; nobody changes or removes one."""

    __tablename__ = "audit_checkpoints"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="the parent, who holds it")
    at: Mapped[datetime] = mapped_column(primary_key=True, comment="the hour in which it was made")
    algorithm: Mapped[str] = mapped_column(comment="of the root: sha256 | sm3")
    root: Mapped[bytes] = mapped_column(LargeBinary)
    heads: Mapped[dict[str, Any]] = mapped_column(comment="tenant: [links, hash, hour and root of its own checkpoint]")


class AuditWitness(Base):
    """A child's copy of its parent's root: the prefectures hold the province's."""

    __tablename__ = "audit_witnesses"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, comment="who holds the copy")
    of_tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    root: Mapped[bytes] = mapped_column(LargeBinary)


class Leaf(Struct, frozen=True, array_like=True):
    """One tenant in its parent's tree: the head of its chain and, of a parent, its own last checkpoint (hex)."""

    seq: int
    hash: str
    hour: str | None = None
    root: str | None = None

    def spelt(self, tenant: int) -> bytes:
        """As it is hashed."""
        return f"{tenant} {self.seq} {self.hash} {self.hour or '-'} {self.root or '-'}".encode()


class Node(Struct, frozen=True):
    """A tenant as the database has it now. A tenant without a chain has 0 links."""

    tenant_id: int
    parent_id: int | None
    seq: int
    hash: str
    last_at: datetime | None = None
    last_root: str | None = None


class Checkpoint(Struct, frozen=True):
    """What one parent keeps of one hour."""

    tenant_id: int
    root: bytes
    heads: dict[int, Leaf]


def hour_of(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def hour_name(at: datetime) -> str:
    """`2026-03-02T04:00Z`."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:00Z}"


def root_of(heads: Mapping[int, Leaf], digest: Digest) -> bytes:
    """The root over the tenants in the order of their ids."""
    return audit_tree.root([heads[tenant].spelt(tenant) for tenant in sorted(heads)], digest)


def plan(nodes: Sequence[Node], hour: datetime, digest: Digest) -> list[Checkpoint]:
    """The checkpoints this hour needs, children before their parents."""
    children: dict[int | None, list[Node]] = {}
    for node in nodes:
        children.setdefault(node.parent_id, []).append(node)
    made: list[Checkpoint] = []

    def leaf(node: Node) -> Leaf:
        """Below first: a parent's leaf names the root that its subtree has now."""
        below = children.get(node.tenant_id, [])
        heads = {child.tenant_id: leaf(child) for child in below}
        heads[node.tenant_id] = Leaf(node.seq, node.hash)
        if not below:
            return Leaf(node.seq, node.hash)
        root = root_of(heads, digest)
        if root.hex() == node.last_root and node.last_at and node.parent_id is not None:
            return Leaf(node.seq, node.hash, hour_name(node.last_at), node.last_root)
        made.append(Checkpoint(node.tenant_id, root, heads))
        return Leaf(node.seq, node.hash, hour_name(hour), root.hex())

    for top in children.get(None, []):
        leaf(top)
    return made


TURN = text("select pg_advisory_xact_lock(hashtext('audit_checkpoints'))")
HEADS = text("select tenant_id, parent_id, seq, hash, last_at, last_root from checkpoint_heads()")
KEEP = text("select checkpoint_keep(:tenant, :hour, :algorithm, :root, cast(:heads as jsonb))")


async def keep_hour(session: AsyncSession) -> int:
    """Make what this hour needs, in the province's scope; returns how many, 0 when somebody did before.

    Hours that passed without a run are caught up by this one.
    """
    hour, digest = hour_of(instant(session)), digests.current()
    await session.execute(TURN)
    nodes = [Node(*row) for row in await session.execute(HEADS)]
    if any(node.parent_id is None and node.last_at and node.last_at >= hour for node in nodes):
        return 0
    planned = plan(nodes, hour, digest)
    for checkpoint in planned:
        await session.execute(
            KEEP,
            {
                "tenant": checkpoint.tenant_id,
                "hour": hour,
                "algorithm": digest.name,
                "root": checkpoint.root,
                "heads": msgspec.json.encode(checkpoint.heads).decode(),
            },
        )
    return len(planned)
