"""How far the money of a case has come: the one code that a preview may show."""

from cases.models import Case
from foundation.choice import Choice
from foundation.language import N_


class Position(Choice):
    """`cases.funding_position`, and from PROPOSED on also the status of the settlement."""

    COSTS = "costs", N_("已有费用记录")
    FOUND = "found", N_("责任已认定")
    PROPOSED = "proposed", N_("已提出结算")
    RETURNED = "returned", N_("结算已退回")
    REVIEWED = "reviewed", N_("已审核")
    APPROVED_JUSTICE = "approved_justice", N_("司法行政一方已批准")
    APPROVED_PETITION = "approved_petition", N_("信访一方已批准")
    APPROVED = "approved", N_("双方已批准")
    PAYING = "paying", N_("部分已支付")
    PAID = "paid", N_("已支付")
    REPLACED = "replaced", N_("已由新的结算取代")


BEFORE_SETTLEMENT = (None, Position.COSTS, Position.FOUND, Position.RETURNED)


def note_before_settlement(case: Case, position: Position) -> None:
    """Costs and findings show only as long as no settlement stands."""
    if case.funding_position in BEFORE_SETTLEMENT and case.funding_position != Position.FOUND:
        case.funding_position = position.value
