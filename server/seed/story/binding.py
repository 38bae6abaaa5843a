"""归档: the dossier is checked, numbered and bound, line by line, as `dossiers.archive` binds it."""

from typing import Any

import msgspec

from cases.papers import Paper
from cases.reckoning import LastDay
from cases.steps import State
from dossiers.contents import PROOF, Entry
from dossiers.cover import INSIDE_LIST, list_hash
from dossiers.evidence import Evidence, EvidenceKind, item_of_evidence
from dossiers.items import item_numbered, item_of_paper, position, title_of_paper
from dossiers.performance import PerformanceRow
from dossiers.retention import TRANSFER_YEARS, Result, holder_tier
from dossiers.volume import ON_PAPER, Dossier, DossierItem
from foundation.clock import local_date
from foundation.language import N_
from server.seed.course import AGREED
from server.seed.stations import Post
from server.seed.story.reception import director
from server.seed.story.told import Story

IDENTITY = 3
TITLE = "人民调解卷宗"


def archive(story: Story) -> None:
    """Checked two hours before it is bound; the papers of identity lie in the volume only."""
    archived = story.clock
    by = story.holder.who("archivist") or director(story.holder)
    story.passes(hours=-2)
    dossier = _open(story, by)
    on_paper = _line(story, dossier, by, IDENTITY, ON_PAPER)
    on_paper.pages = 2 * len(story.petitioners)
    story.act("check-dossier", by, {"missing": []})
    story.clock = archived
    _bind(story, dossier, by, on_paper)
    data = {"dossier_no": dossier.number, "items": len(story.found(DossierItem))}
    story.act("archive-dossier", by, data, to=State.ARCHIVED)


def _open(story: Story, by: Post) -> Dossier:
    dossier = Dossier(
        id=story.id(),
        case_id=story.case.id,
        office_id=story.holder.committee_id or story.holder.id,
        volumes=1,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(dossier)
    return dossier


def _line(story: Story, dossier: Dossier, by: Post, item: int, source: str) -> DossierItem:
    line = DossierItem(
        id=story.id(),
        case_id=story.case.id,
        dossier_id=dossier.id,
        item=item,
        source=source,
        recorded_at=story.clock,
        recorded_by=by.person_id,
    )
    story.add(line)
    return line


def _bind(story: Story, dossier: Dossier, by: Post, on_paper: DossierItem) -> None:
    entries = _entries(story, on_paper)
    for ordinal, entry in enumerate(entries, 1):
        line = on_paper
        if entry.item != IDENTITY:
            line = _line(story, dossier, by, entry.item, entry.source)
        line.ordinal, line.sha256 = ordinal, entry.sha256
    made_on = local_date(story.clock)
    term = story.stations.retention[_result(story)]
    dossier.number = story.case.dossier_no = story.number("dossier", story.holder)
    dossier.retention_term_id = term.id
    dossier.kept_until = None if term.years is None else story.years_later(made_on, term.years)
    dossier.transfer_on = story.years_later(made_on, TRANSFER_YEARS[holder_tier(story.case)])
    story.start("archives_transfer", due=LastDay(dossier.transfer_on).moment)
    dossier.list_sha256 = story.digest(msgspec.json.encode([_hashed(entry) for entry in entries]))
    assert dossier.list_sha256 == list_hash(entries)  # the text of it is told again here, for the copies
    dossier.archived_at = story.case.archived_at = story.clock
    story.paper(INSIDE_LIST, _cover(story, dossier, entries), by)


def _entries(story: Story, on_paper: DossierItem) -> list[Entry]:
    """In the order of binding."""
    papers = [
        Entry(item_of_paper(one.kind), title_of_paper(one.kind), f"papers:{one.id}", one.issued_at, None, one.sha256)
        for one in story.found(Paper)
    ]
    paid = [_proof(story, row) for row in story.found(PerformanceRow)]
    noted = Entry(IDENTITY, N_("纸质材料"), f"{ON_PAPER}:{on_paper.id}", on_paper.recorded_at, on_paper.pages)
    pieces = [
        Entry(
            item_of_evidence(one.kind),
            EvidenceKind(one.kind).label,
            f"evidence:{one.id}",
            one.recorded_at,
            one.pages,
            one.sha256,
        )
        for one in story.found(Evidence)
    ]
    return sorted([*papers, *pieces, *paid, noted], key=lambda entry: (position(entry.item), entry.at, entry.source))


def _hashed(entry: Entry) -> list[Any]:
    """What `dossiers.cover.list_hash` reckons over, of one line."""
    return [entry.item, entry.source, entry.sha256.hex() if entry.sha256 else ""]


def _proof(story: Story, row: PerformanceRow) -> Entry:
    facts = [str(row.term_id), row.amount_fen, str(row.on_date), row.receipt_no]
    proof = story.digest(msgspec.json.encode(facts))
    return Entry(PROOF, N_("履行登记"), f"performances:{row.id}", row.recorded_at, None, proof)


def _result(story: Story) -> Result:
    if story.case.outcome == "refused":
        return Result.REFUSED
    return Result.AGREED if story.case.outcome in AGREED else Result.ENDED


def _cover(story: Story, dossier: Dossier, entries: list[Entry]) -> dict[str, Any]:
    """As `dossiers.cover.cover`."""
    case, made_on = story.case, str(local_date(story.clock))
    return {
        "committee": story.stations.by_office[dossier.office_id].name,
        "title": TITLE,
        "dossier_no": dossier.number,
        "case_no": case.case_no or case.registration_no,
        "began_on": str(local_date(case.filed_at)),
        "ended_on": str(local_date(case.closed_at)) if case.closed_at else made_on,
        "made_on": made_on,
        "kept_until": str(dossier.kept_until or N_("永久")),
        "transfer_on": str(dossier.transfer_on),
        "volumes": dossier.volumes,
        "pages_on_paper": sum(entry.pages or 0 for entry in entries),
        "remark": "",
        "lines": [_listed(ordinal, entry) for ordinal, entry in enumerate(entries, 1)],
        "list_sha256": (dossier.list_sha256 or b"").hex(),
    }


def _listed(ordinal: int, entry: Entry) -> dict[str, Any]:
    return {
        "ordinal": ordinal,
        "item": item_numbered(entry.item).title,
        "title": entry.title,
        "on": str(local_date(entry.at)),
        "pages": entry.pages or "",
        "sha256": entry.sha256.hex() if entry.sha256 else "",
    }
