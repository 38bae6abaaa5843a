"""What a figure of a report is made of: accounts, and which side of them; entries are asked for by the same words."""

from foundation.choice import Choice
from foundation.language import N_
from funding.ledger import Account


class Figure(Choice):
    SUBSIDY = "subsidy", N_("办案成本补助")
    FEE = "fee", N_("第三方费用")
    TRAVEL = "travel", N_("出差补助")
    DUTY = "duty", N_("值班补助")
    COST = "cost", N_("成本合计")
    BORNE = "borne", N_("同级财政承担")
    CHARGED = "charged", N_("向付款人收取")
    RECEIVED = "received", N_("已到账")
    OUTSTANDING = "outstanding", N_("期末应收")


COSTS = (Account.SUBSIDY, Account.FEE, Account.TRAVEL, Account.DUTY)
DEBIT, CREDIT, BOTH = "debit", "credit", "both"
MADE_OF: dict[Figure, tuple[tuple[Account, ...], str]] = {
    Figure.SUBSIDY: ((Account.SUBSIDY,), DEBIT),
    Figure.FEE: ((Account.FEE,), DEBIT),
    Figure.TRAVEL: ((Account.TRAVEL,), DEBIT),
    Figure.DUTY: ((Account.DUTY,), DEBIT),
    Figure.COST: (COSTS, DEBIT),
    Figure.BORNE: (COSTS, BOTH),
    Figure.CHARGED: ((Account.RECEIVABLE,), DEBIT),
    Figure.RECEIVED: ((Account.RECEIVABLE,), CREDIT),
    Figure.OUTSTANDING: ((Account.RECEIVABLE,), BOTH),
}
"""Of BOTH the figure is debit less credit. A reversal counts, taken off, on the side that it takes back."""
ACCOUNTS = (*COSTS, Account.RECEIVABLE)
