"""All that this room offers to the catalogue of acts, and what it does when a case changes hands."""

from oversight import (
    complaint_answers,
    complaints,
    custody,
    inspections,
    notes,
    orders,
    separate,
    warning_receipts,
    warnings,
)

ACTS = (
    *orders.ACTS,
    *inspections.ACTS,
    *complaints.ACTS,
    *complaint_answers.ACTS,
    *notes.ACTS,
    *warnings.ACTS,
    *warning_receipts.ACTS,
)
GUARDS = {
    **orders.GUARDS,
    **inspections.GUARDS,
    **complaint_answers.GUARDS,
    **warning_receipts.GUARDS,
    "lines_apart": separate.lines_apart,
}
OPTIONS = {
    **orders.OPTIONS,
    **inspections.OPTIONS,
    **complaints.OPTIONS,
    **complaint_answers.OPTIONS,
    **warnings.OPTIONS,
    **warning_receipts.OPTIONS,
}
PAPERS = (orders.REPLY, warnings.WARNING)


follows = custody.follows
warn = warnings.warn
