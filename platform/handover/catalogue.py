"""All that this room offers to the catalogue of acts."""

from cases.papers import PaperKind
from handover import answer, assistance, offer, targets

ACTS = (*offer.ACTS, *answer.ACTS, *assistance.ACTS)
GUARDS = {**offer.GUARDS, **answer.GUARDS}
OPTIONS = {"handover_targets": targets.target_options, **assistance.OPTIONS}
PAPERS: tuple[PaperKind, ...] = ()
