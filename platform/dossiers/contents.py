"""What the dossier of a case holds: every paper, every piece of evidence, every payment, and what lies on paper."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.accusation import DIVERSION
from cases.models import Case
from cases.papers import Paper
from dossiers.evidence import Evidence, EvidenceKind, item_of_evidence
from dossiers.items import Item, item_of_paper, items, position, title_of_paper
from dossiers.performance import PerformanceRow, performances_of
from dossiers.retention import result_of
from dossiers.volume import ON_PAPER, dossier_of, lines_of
from foundation.digests import digest
from foundation.language import N_

PROOF = 9


class Entry(Struct, frozen=True):
    """One line to come: `title` is a msgid; `pages` None = electronic only; `sha256` None = on paper only."""

    item: int
    title: str
    source: str
    at: datetime
    pages: int | None = None
    sha256: bytes | None = None


async def contents(session: AsyncSession, case: Case) -> list[Entry]:
    """In the order of binding: by item, inside it by time."""
    found = [
        *await _papers(session, case.id),
        *await _pieces(session, case.id),
        *[_payment(row) for row in await performances_of(session, case) if not row.defaulted],
        *await _on_paper(session, case.id),
    ]
    return sorted(found, key=lambda entry: (position(entry.item), entry.at, entry.source))


async def missing(session: AsyncSession, case: Case, found: list[Entry]) -> list[Item]:
    """Items that the case's result demands and that nothing stands for."""
    result = await result_of(session, case)
    present = {entry.item for entry in found}
    return [item for item in items() if result.value in item.needed_when and item.number not in present]


async def _papers(session: AsyncSession, case_id: UUID) -> list[Entry]:
    """Without their contents: who binds the volume need not open them. An accusation's receipt is kept apart (N3a)."""
    query = select(Paper.id, Paper.kind, Paper.issued_at, Paper.sha256)
    query = query.where(Paper.case_id == case_id, Paper.kind != DIVERSION.code)
    return [
        Entry(item_of_paper(kind), title_of_paper(kind), f"papers:{paper_id}", at, None, sha256)
        for paper_id, kind, at, sha256 in await session.execute(query)
    ]


async def _pieces(session: AsyncSession, case_id: UUID) -> list[Entry]:
    columns = (Evidence.id, Evidence.kind, Evidence.recorded_at, Evidence.pages, Evidence.sha256)
    query = select(*columns).where(Evidence.case_id == case_id)
    return [
        Entry(item_of_evidence(kind), EvidenceKind(kind).label, f"evidence:{piece_id}", at, pages, sha256)
        for piece_id, kind, at, pages, sha256 in await session.execute(query)
    ]


def _payment(row: PerformanceRow) -> Entry:
    facts = [str(row.term_id), row.amount_fen, str(row.on_date), row.receipt_no]
    proof = digest(msgspec.json.encode(facts))
    return Entry(PROOF, N_("履行登记"), f"performances:{row.id}", row.recorded_at, None, proof)


async def _on_paper(session: AsyncSession, case_id: UUID) -> list[Entry]:
    dossier = await dossier_of(session, case_id)
    if dossier is None:
        return []
    title = N_("纸质材料")
    lines = [line for line in await lines_of(session, dossier.id) if line.source == ON_PAPER]
    return [Entry(line.item, title, f"{ON_PAPER}:{line.id}", line.recorded_at, line.pages) for line in lines]
