"""The audit chains of many cases at once: each link is hashed here, as the database's `audit_link` would hash it."""

import json
import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256
from operator import itemgetter
from uuid import UUID

import asyncpg
from msgspec import Struct

from server.seed.binary import INTEGER, JSONB_VERSION, field, row
from server.seed.copying import Loading

COLUMNS = (
    "tenant_id", "seq", "at", "actor", "post_id", "action", "object_kind", "object_id", "outcome", "detail",
    "prev_hash", "hash",
)  # fmt: skip
OBJECT, OUTCOME = b"case", b"done"
BETWEEN = b"\x1f"
UNIX = 946_684_800_000_000
"""Microseconds from 1970 to the year 2000, where the database begins to count."""
BEGINNING = 0, sha256().digest()
OF_LONG, OF_TEXT_ID, OF_HASH = INTEGER.pack(8), INTEGER.pack(36), INTEGER.pack(32)
SEQ_AND_MOMENT = struct.Struct(">qiq")
"""With the length of the moment between them."""
IN_ORDER = itemgetter(0, 1)
KEEP = """
insert into audit_heads (tenant_id, seq, hash) values ($1, $2, $3)
on conflict (tenant_id) do update set seq = excluded.seq, hash = excluded.hash
"""


class Entry(Struct, frozen=True):
    """What is the same in every copy of a link: parts of the text that is hashed, and of the row."""

    tenant_id: int
    hashed: tuple[bytes, bytes, bytes]
    """The tenant before number and moment; who did what before the case; how it ended."""
    stored: tuple[bytes, bytes, bytes]
    """What comes before number and moment, before the case, and before the hashes."""


def entry(tenant_id: int, actor: UUID, post_id: UUID, action: str, detail: dict[str, str]) -> Entry:
    """`detail`: flat, in ASCII; `json` writes it as PostgreSQL writes a jsonb."""
    words = [str(actor).encode(), str(post_id).encode(), action.encode(), OBJECT]
    told = json.dumps(detail).encode()
    who = field(words[0]) + field(post_id.bytes) + field(words[2]) + field(OBJECT)
    return Entry(
        tenant_id,
        (b"%d" % tenant_id, BETWEEN.join(words), BETWEEN.join((OUTCOME, told))),
        (
            row(len(COLUMNS)) + field(INTEGER.pack(tenant_id)) + OF_LONG,
            who + OF_TEXT_ID,
            field(OUTCOME) + field(JSONB_VERSION + told) + OF_HASH,
        ),
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
        heads = self._heads
        rows: list[bytes] = []
        for at, case_id, what in sorted(links, key=IN_ORDER):
            before, link = heads.get(what.tenant_id, BEGINNING)
            (tenant, who, how), (first, middle, last) = what.hashed, what.stored
            seq, moment = before + 1, at + UNIX
            text = b"%b\x1f%d\x1f%d.%06d\x1f%b\x1f%b\x1f%b" % (
                tenant, seq, moment // 1_000_000, moment % 1_000_000, who, case_id, how
            )  # fmt: skip
            digest = sha256(link + text).digest()
            heads[what.tenant_id] = seq, digest
            rows += (first, SEQ_AND_MOMENT.pack(seq, 8, at), middle, case_id, last, link, OF_HASH, digest)
        return b"".join(rows)

    async def keep(self, connection: asyncpg.Connection) -> None:
        """The ends, as the chains' table has them."""
        await connection.executemany(KEEP, [(tenant, *head) for tenant, head in sorted(self._heads.items())])


async def append(loading: Loading, rows: bytes) -> None:
    await loading.copy_binary("audit_log", COLUMNS, rows)
