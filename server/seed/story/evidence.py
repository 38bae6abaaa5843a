"""Pieces of evidence that are described only: what a witness said, what was seen on the spot."""

import msgspec

from dossiers.evidence import Evidence, EvidenceForm, EvidenceKind
from foundation.clock import local_date
from server.seed.stations import Post
from server.seed.story.told import Story

PIECES = (
    (EvidenceKind.TESTIMONY, "村民证言：双方多次就此事协商，均在场", 2),
    (EvidenceKind.PHYSICAL, "现场查看情况：界址、受损部位与陈述一致", 1),
)


def collect(story: Story, by: Post) -> None:
    """As `dossiers.evidence.add_evidence`, the first piece always, the second sometimes; the petitioner gave it."""
    for kind, title, pages in PIECES[: story.random.choice((1, 2, 2))]:
        giver = story.petitioners[0]
        form = EvidenceForm(
            kind=kind, title=title, obtained_on=local_date(story.clock), place="调解室", party=giver.id, pages=pages
        )
        piece = Evidence(
            id=story.id(),
            case_id=story.case.id,
            kind=kind.value,
            title=title,
            place=form.place,
            obtained_on=form.obtained_on,
            party_id=giver.id,
            pages=pages,
            sha256=story.digest(msgspec.json.encode(form, order="sorted")),
            recorded_at=story.clock,
            recorded_by=by.person_id,
        )
        story.add(piece)
        story.act("add-evidence", by, {"kind": kind.value, "evidence": str(piece.id)})
