"""What this room adds to the catalogue of acts."""

from dossiers import (
    archive,
    choices,
    closing,
    cover,
    ending,
    evidence,
    record_performance,
    record_referral,
    relief_acts,
    visits,
)

ACTS = (
    *evidence.ACTS,
    *record_referral.ACTS,
    *ending.ACTS,
    *relief_acts.ACTS,
    *record_performance.ACTS,
    *visits.ACTS,
    *closing.ACTS,
    *archive.ACTS,
)
GUARDS = {**closing.GUARDS, **archive.GUARDS}
OPTIONS = choices.OPTIONS
PAPERS = (
    ending.TERMINATION,
    ending.GUIDED_ELSEWHERE,
    relief_acts.GUIDANCE,
    visits.VISIT,
    closing.CLOSING,
    cover.INSIDE_LIST,
)
