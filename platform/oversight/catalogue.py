"""All that this room offers to the catalogue of acts, and what it does when a case changes hands."""

from oversight import (
    complaint_answers,
    complaints,
    custody,
    findings,
    inspections,
    leader_charges,
    leader_reading,
    leader_work,
    mass,
    notes,
    order_replies,
    orders,
    risk,
    separate,
    unit_orders,
    warning_paper,
    warning_receipts,
    warning_withholding,
    warnings,
)

ACTS = (
    *orders.ACTS,
    *order_replies.ACTS,
    *unit_orders.ACTS,
    *inspections.ACTS,
    *findings.ACTS,
    *complaints.ACTS,
    *complaint_answers.ACTS,
    *notes.ACTS,
    *warnings.ACTS,
    *warning_receipts.ACTS,
    *warning_withholding.ACTS,
    *risk.ACTS,
    *leader_charges.ACTS,
    *leader_work.ACTS,
)
GUARDS = {
    **orders.GUARDS,
    **order_replies.GUARDS,
    **unit_orders.GUARDS,
    **inspections.GUARDS,
    **findings.GUARDS,
    **complaint_answers.GUARDS,
    **warning_receipts.GUARDS,
    **warning_withholding.GUARDS,
    **risk.GUARDS,
    **leader_charges.GUARDS,
    **leader_work.GUARDS,
    "lines_apart": separate.lines_apart,
}
OPTIONS = {
    **orders.OPTIONS,
    **order_replies.OPTIONS,
    **unit_orders.OPTIONS,
    **inspections.OPTIONS,
    **findings.OPTIONS,
    **complaints.OPTIONS,
    **complaint_answers.OPTIONS,
    **warnings.OPTIONS,
    **warning_receipts.OPTIONS,
    **warning_withholding.OPTIONS,
    **leader_charges.OPTIONS,
}
PAPERS = (order_replies.REPLY, warning_paper.WARNING)


follows = custody.follows
warn = warnings.warn
warns_of_failure = warnings.aftermath
goes_up = mass.aftermath
also_above = mass.follows
provincial_order = leader_reading.provincial_order
