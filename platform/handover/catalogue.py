"""All that this room offers to the catalogue of acts."""

from cases.papers import PaperKind
from handover import (
    answer,
    assistance,
    assistance_end,
    assistance_leave,
    claims,
    coordination,
    disputes,
    forced,
    intake_notice,
    lendable,
    naming,
    offer,
    own_word,
    parties_word,
    receivers,
    staying,
    targets,
)

ACTS = (
    *offer.ACTS,
    *answer.ACTS,
    *parties_word.ACTS,
    *own_word.ACTS,
    *assistance.ACTS,
    *assistance_end.ACTS,
    *assistance_leave.ACTS,
    *disputes.ACTS,
    *claims.ACTS,
    *naming.ACTS,
    *coordination.ACTS,
    *intake_notice.ACTS,
)
GUARDS = {
    **offer.GUARDS,
    **answer.GUARDS,
    **parties_word.GUARDS,
    **own_word.GUARDS,
    **assistance_end.GUARDS,
    **assistance_leave.GUARDS,
    **disputes.GUARDS,
    **claims.GUARDS,
    **naming.GUARDS,
    **coordination.GUARDS,
    **intake_notice.GUARDS,
}
OPTIONS = {
    "handover_targets": targets.target_options,
    **receivers.OPTIONS,
    **staying.OPTIONS,
    **parties_word.OPTIONS,
    **own_word.OPTIONS,
    **assistance.OPTIONS,
    **assistance_end.OPTIONS,
    **assistance_leave.OPTIONS,
    **lendable.OPTIONS,
    **disputes.OPTIONS,
    **naming.OPTIONS,
    **coordination.OPTIONS,
    **intake_notice.OPTIONS,
}
PAPERS: tuple[PaperKind, ...] = intake_notice.PAPERS
hand_up, answerer_leaves = forced.hand_up, forced.answerer_leaves
follows = assistance_end.follows
