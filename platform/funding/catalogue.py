"""What this room adds to the catalogue of acts."""

from funding import (
    appeal_settlement,
    class_effect,
    custody,
    deciding,
    fees,
    find_responsibility,
    pay_settlement,
    payouts,
    propose_settlement,
    recipients,
    settlement,
    share_payouts,
    sign_settlement,
    travel,
    trip_payouts,
)

payouts.use(share_payouts.SOURCE, trip_payouts.SOURCE)
ACTS = (
    *find_responsibility.ACTS,
    *fees.ACTS,
    *travel.ACTS,
    *propose_settlement.ACTS,
    *sign_settlement.ACTS,
    *appeal_settlement.ACTS,
    *pay_settlement.ACTS,
)
GUARDS = {**settlement.GUARDS, **appeal_settlement.GUARDS}
OPTIONS = {**travel.OPTIONS, **recipients.OPTIONS}
PAPERS = (
    *find_responsibility.PAPERS,
    *fees.PAPERS,
    *travel.PAPERS,
    *propose_settlement.PAPERS,
    *sign_settlement.PAPERS,
    *appeal_settlement.PAPERS,
    *pay_settlement.PAPERS,
)
follows = custody.follows
decides_again = deciding.follows
subsidy_bounds = class_effect.subsidy_bounds
