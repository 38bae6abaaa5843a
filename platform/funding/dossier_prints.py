"""Prints of what a workroom put into the dossier of a claimed case: keyed hashes, found again, never read back.

Printed is what the workroom itself wrote or collected. A petitioner's statement, what a party handed in, copies of
identity papers and mandates are not: they are alike because the person is the same, and that is nobody's business (N1).
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from cases.papers import Paper
from cases.parties import Party
from dossiers.evidence import Evidence, EvidenceKind
from foundation.cipher import Sealed
from foundation.ids import new_id
from foundation.model import Base
from foundation.store import instant
from funding.likeness import LEAST, bands, letters, sketch
from funding.settlement import Settlement

PURPOSE = "dossier_prints"
WRITTEN: Mapping[str, tuple[str, ...]] = {
    "investigation": ("findings", "measured"),
    "session": ("course",),
    "opinion": ("facts", "proposal"),
    "agreement": ("facts", "matters", "responsibility"),
}
"""Kind of paper -> its fields in the workroom's own words."""
OF_A_PERSON = (EvidenceKind.IDENTITY, EvidenceKind.MANDATE)
EVIDENCE = "evidence"


class DossierPrint(Base):
    """`sketch` and `bands` are null where there is a file and no text."""

    __tablename__ = "dossier_prints"
    __table_args__ = (
        UniqueConstraint("thing_id", "tenant_id", "year"),
        Index("ix_dossier_prints_case", "case_id"),
        Index("ix_dossier_prints_digest", "tenant_id", "year", "digest"),
        Index("ix_dossier_prints_bands", "bands", postgresql_using="gin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"), comment="whose books the claim is in")
    year: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(comment="kind of paper, or evidence")
    thing_id: Mapped[UUID] = mapped_column(comment="row of papers or evidence")
    digest: Mapped[bytes] = mapped_column(LargeBinary, comment="HMAC of the letters, or of the file's hash")
    sketch: Mapped[bytes | None] = mapped_column(LargeBinary)
    bands: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    recorded_at: Mapped[datetime]


class Text(Struct, frozen=True):
    """What is printed of one paper: its letters, without the parties' names."""

    source: str
    thing_id: UUID
    plain: str


async def print_dossier(session: AsyncSession, settlement: Settlement, year: int) -> Sequence[DossierPrint]:
    """Of the claim's case, in the books and the year of the claim; what was printed before is not printed again."""
    texts = await _texts(session, settlement.case_id)
    key = Sealed.ring().secret_of(b"shingles", PURPOSE)
    sketched = await asyncio.to_thread(lambda: [sketch(one.plain, key) for one in texts])
    pairs = zip(texts, sketched, strict=True)
    found = [
        *(_row(one.source, one.thing_id, one.plain.encode(), drawn) for one, drawn in pairs),
        *(_row(EVIDENCE, thing, sha256, None) for thing, sha256 in await _collected(session, settlement.case_id)),
    ]
    now = instant(session)
    about = {"case_id": settlement.case_id, "tenant_id": settlement.tenant_id, "year": year, "recorded_at": now}
    if found:
        rows = [{"id": new_id(now)} | about | one for one in found]
        await session.execute(insert(DossierPrint).values(rows).on_conflict_do_nothing())
    query = select(DossierPrint).where(
        DossierPrint.case_id == settlement.case_id,
        DossierPrint.tenant_id == settlement.tenant_id,
        DossierPrint.year == year,
    )
    return (await session.scalars(query)).all()


def digests_of(printed: Sequence[DossierPrint]) -> list[bytes]:
    return [one.digest for one in printed]


def _row(source: str, thing_id: UUID, content: bytes, drawn: bytes | None) -> dict[str, Any]:
    return {
        "source": source,
        "thing_id": thing_id,
        "digest": Sealed.ring().blind(content, PURPOSE),
        "sketch": drawn,
        "bands": None if drawn is None else bands(drawn),
    }


async def _texts(session: AsyncSession, case_id: UUID) -> list[Text]:
    """Long enough to say something."""
    names = set(await session.scalars(select(Party.name).where(Party.case_id == case_id)))
    query = select(Paper).where(Paper.case_id == case_id, Paper.kind.in_(WRITTEN))
    papers = await session.scalars(query.order_by(Paper.issued_at, Paper.id))
    texts = [Text(one.kind, one.id, letters(_words(one), names)) for one in papers]
    return [one for one in texts if len(one.plain) >= LEAST]


def _words(paper: Paper) -> str:
    return "\n".join(str(paper.content.get(field) or "") for field in WRITTEN[paper.kind])


async def _collected(session: AsyncSession, case_id: UUID) -> list[tuple[UUID, bytes]]:
    """Files that the workroom collected itself (photographs of a visit, records), by the hash they were kept with."""
    query = select(Evidence.id, Evidence.sha256).where(
        Evidence.case_id == case_id,
        Evidence.party_id.is_(None),
        Evidence.file_id.is_not(None),
        Evidence.kind.not_in(OF_A_PERSON),
    )
    return [(thing, sha256) for thing, sha256 in await session.execute(query.order_by(Evidence.recorded_at))]
