"""What this room adds to the catalogue of acts."""

from funding import (
    advances,
    appeal_settlement,
    bill_disputes,
    bill_raising,
    bill_receipts,
    bill_reminders,
    bill_steps,
    bills,
    class_effect,
    custody,
    deciding,
    duty_source,
    fee_payments,
    fees,
    find_responsibility,
    pay_fee,
    pay_settlement,
    payouts,
    propose_settlement,
    recipients,
    record_undertaking,
    recoveries,
    same_matter,
    settlement,
    share_payouts,
    sign_settlement,
    signal_job,
    travel,
    trip_payouts,
    unlink_matter,
)

payouts.use(share_payouts.SOURCE, trip_payouts.SOURCE, duty_source.SOURCE)
payouts.on_bounce(recoveries.settle_bounced)

ACTS = (
    *find_responsibility.ACTS,
    *fees.ACTS,
    *travel.ACTS,
    *propose_settlement.ACTS,
    *sign_settlement.ACTS,
    *appeal_settlement.ACTS,
    *pay_settlement.ACTS,
    *record_undertaking.ACTS,
    *pay_fee.ACTS,
    *advances.ACTS,
    *bill_reminders.ACTS,
    *bill_disputes.ACTS,
    *bill_receipts.ACTS,
    *same_matter.ACTS,
    *unlink_matter.ACTS,
)
GUARDS = {
    **settlement.GUARDS,
    **appeal_settlement.GUARDS,
    **bills.GUARDS,
    **bill_receipts.GUARDS,
    **fee_payments.GUARDS,
    **unlink_matter.GUARDS,
}
OPTIONS = {
    **travel.OPTIONS,
    **recipients.OPTIONS,
    **record_undertaking.OPTIONS,
    **fee_payments.OPTIONS,
    **advances.OPTIONS,
    **bill_steps.OPTIONS,
    **bill_receipts.OPTIONS,
    **unlink_matter.OPTIONS,
}
PAPERS = (
    *find_responsibility.PAPERS,
    *fees.PAPERS,
    *travel.PAPERS,
    *propose_settlement.PAPERS,
    *sign_settlement.PAPERS,
    *appeal_settlement.PAPERS,
    *pay_settlement.PAPERS,
    *record_undertaking.PAPERS,
    *pay_fee.PAPERS,
    *advances.PAPERS,
    *bill_raising.PAPERS,
    *bill_reminders.PAPERS,
    *bill_disputes.PAPERS,
    *bill_receipts.PAPERS,
)
follows = custody.follows
decides_again = deciding.follows
aftermath = deciding.aftermath
looks_for_signals = signal_job.aftermath
subsidy_bounds = class_effect.subsidy_bounds
