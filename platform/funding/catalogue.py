"""What this room adds to the catalogue of acts."""

from funding import (
    class_effect,
    custody,
    deciding,
    fees,
    find_responsibility,
    pay_settlement,
    propose_settlement,
    recipients,
    settlement,
    sign_settlement,
    travel,
)

ACTS = (
    *find_responsibility.ACTS,
    *fees.ACTS,
    *travel.ACTS,
    *propose_settlement.ACTS,
    *sign_settlement.ACTS,
    *pay_settlement.ACTS,
)
GUARDS = settlement.GUARDS
OPTIONS = {**travel.OPTIONS, **recipients.OPTIONS}
PAPERS = (
    *find_responsibility.PAPERS,
    *fees.PAPERS,
    *travel.PAPERS,
    *propose_settlement.PAPERS,
    *sign_settlement.PAPERS,
    *pay_settlement.PAPERS,
)
follows = custody.follows
decides_again = deciding.follows
subsidy_bounds = class_effect.subsidy_bounds
