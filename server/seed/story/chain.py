"""The audit chains of many cases at once: each link is hashed here, as the database's `audit_link` would hash it."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

import asyncpg
from msgspec import Struct

from server.seed.binary import INTEGER, JSONB_VERSION, MOMENT, field, row
from server.seed.copying import copy_binary

COLUMNS = (
    "tenant_id", "seq", "at", "actor", "post_id", "action", "object_kind", "object_id", "outcome", "detail",
    "prev_hash", "hash",
)  # fmt: skip
OBJECT, OUTCOME = b"case", b"done"
BETWEEN = b"\x1f"
UNIX = 946_684_800_000_000
"""Microseconds from 1970 to the year 2000, where the database begins to count."""
EMPTY = sha256().digest()
OF_LONG, OF_TEXT_ID, OF_HASH = INTEGER.pack(8), INTEGER.pack(36), INTEGER.pack(32)
KEEP = """
insert into audit_heads (tenant_id, seq, hash) values ($1, $2, $3)
on conflict (tenant_id) do update set seq = excluded.seq, hash = excluded.hash
"""


class Entry(Struct, frozen=True):
    """What is the same in every copy of a link: parts of the text that is hashed, and of the row."""

    tenant_id: int
    who: bytes
    what: bytes
    columns: bytes
    last_columns: bytes


def entry(tenant_id: int, actor: UUID, post_id: UUID, action: str, detail: dict[str, str]) -> Entry:
    """`detail`: flat, in ASCII; `json` writes it as PostgreSQL writes a jsonb."""
    words = [str(actor).encode(), str(post_id).encode(), action.encode(), OBJECT]
    told = json.dumps(detail).encode()
    return Entry(
        tenant_id,
        BETWEEN.join(words),
        BETWEEN.join((OUTCOME, told)),
        field(words[0]) + field(post_id.bytes) + field(words[2]) + field(OBJECT),
        field(OUTCOME) + field(JSONB_VERSION + told),
    )


Link = tuple[int, bytes, Entry]
"""An entry to come: when (microseconds as stored), the case's id as text, and what."""


class Chains:
    """The ends of all chains; nobody else appends until the transaction ends."""

    def __init__(self, heads: Iterable[tuple[int, int, bytes]]) -> None:
        self._heads = {tenant: (seq, link) for tenant, seq, link in heads}

    @classmethod
    async def load(cls, connection: asyncpg.Connection) -> "Chains":
        await connection.execute("lock table audit_heads in exclusive mode")
        return cls([tuple(head) for head in await connection.fetch("select tenant_id, seq, hash from audit_heads")])

    def rows(self, links: Sequence[Link]) -> bytes:
        """The rows of the audit, in the order of time."""
        return b"".join([self._row(*link) for link in sorted(links, key=lambda link: link[:2])])

    def _row(self, at: int, case_id: bytes, what: Entry) -> bytes:
        before, link = self._heads.get(what.tenant_id, (0, EMPTY))
        seq, moment = before + 1, at + UNIX
        text = b"%d\x1f%d\x1f%d.%06d\x1f%b\x1f%b\x1f%b" % (
            what.tenant_id, seq, moment // 1_000_000, moment % 1_000_000, what.who, case_id, what.what
        )  # fmt: skip
        digest = sha256(link + text).digest()
        self._heads[what.tenant_id] = seq, digest
        return b"".join((
            row(len(COLUMNS)), field(INTEGER.pack(what.tenant_id)), OF_LONG, MOMENT.pack(seq), OF_LONG, MOMENT.pack(at),
            what.columns, OF_TEXT_ID, case_id, what.last_columns, OF_HASH, link, OF_HASH, digest,
        ))  # fmt: skip

    async def keep(self, connection: asyncpg.Connection) -> None:
        """The ends, as the chains' table has them."""
        await connection.executemany(KEEP, [(tenant, *head) for tenant, head in sorted(self._heads.items())])


async def append(connection: asyncpg.Connection, rows: bytes) -> None:
    await copy_binary(connection, "audit_log", COLUMNS, rows)
