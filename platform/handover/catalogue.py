"""All that this room offers to the catalogue of acts."""

from cases.papers import PaperKind
from handover import (
    answer,
    assistance,
    disputes,
    forced,
    intake_notice,
    naming,
    offer,
    parties_word,
    receivers,
    staying,
    targets,
)

ACTS = (
    *offer.ACTS,
    *answer.ACTS,
    *parties_word.ACTS,
    *assistance.ACTS,
    *disputes.ACTS,
    *naming.ACTS,
    *intake_notice.ACTS,
)
GUARDS = {**offer.GUARDS, **answer.GUARDS, **disputes.GUARDS, **naming.GUARDS, **intake_notice.GUARDS}
OPTIONS = {
    "handover_targets": targets.target_options,
    **receivers.OPTIONS,
    **staying.OPTIONS,
    **parties_word.OPTIONS,
    **assistance.OPTIONS,
    **naming.OPTIONS,
    **intake_notice.OPTIONS,
}
PAPERS: tuple[PaperKind, ...] = intake_notice.PAPERS
hand_up, answerer_leaves = forced.hand_up, forced.answerer_leaves
