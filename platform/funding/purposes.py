"""What money of the fund is for, and what kind of thing made an entry: earmarks never mix (专款专用)."""

from foundation.choice import Choice
from foundation.language import N_


class Purpose(Choice):
    """A line of the year's budget is of one of these."""

    SUBSIDY = "subsidy", N_("办案成本补助")
    FEES = "fees", N_("财政承担的第三方费用")
    TRAVEL = "travel", N_("出差补助")
    DUTY = "duty", N_("值班补助")


class Ground(Choice):
    """Kind of what made an entry; `source` names the very row."""

    SETTLEMENT = "settlement", N_("办案成本结算")
    TRIP = "trip", N_("出差")
    FEE = "fee", N_("第三方费用")
    DUTY = "duty", N_("值班")
    BUDGET = "budget", N_("年度预算")
