"""All that this room offers to the catalogue of acts."""

from access import (
    delegating,
    delegation_notice,
    delegation_options,
    recusal,
    recusal_ask,
    recusal_decide,
    recusal_declare,
    recusal_leaving,
    recusal_people,
    requests_decision,
    requests_matters,
    revoking,
)
from cases.catalogue import Act, Guard, Options
from cases.papers import PaperKind

ACTS: tuple[Act, ...] = (
    *recusal_declare.ACTS,
    *recusal_ask.ACTS,
    *recusal_decide.ACTS,
    *requests_decision.ACTS,
    *delegating.ACTS,
    *revoking.ACTS,
)
GUARDS: dict[str, Guard] = {**recusal.GUARDS, **requests_matters.GUARDS, **revoking.GUARDS}
OPTIONS: dict[str, Options] = {
    **recusal_people.OPTIONS,
    **recusal_decide.OPTIONS,
    **requests_matters.OPTIONS,
    **delegation_options.OPTIONS,
    **revoking.OPTIONS,
}
PAPERS: tuple[PaperKind, ...] = (*recusal_decide.PAPERS, *delegation_notice.PAPERS)

standing_aside = recusal.standing_aside
follows = recusal_leaving.follows
