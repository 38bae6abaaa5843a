"""绿色通道 (四(三), obligation 16): what a trade's committee knows best goes to it at once, answered first."""

from cases.models import Case
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from tenants.committees import CommitteeKind
from tenants.models import Office

FIELDS = frozenset({9, 10, 11, 15, 16, 17})
"""Dispute types: environment, unpaid wages, other labour disputes, medical, road traffic, property management."""
RECEIVERS = frozenset({CommitteeKind.INDUSTRY.value, CommitteeKind.PROFESSIONAL.value})
ANSWER_DAYS = 3
"""Instead of the fifteen of any other offer."""


def check_lane(case: Case, office: Office) -> None:
    """Raises InvalidInput unless the dispute is of such a trade and the receiver is a committee for trades."""
    errors = []
    if case.dispute_type not in FIELDS:
        text = N_("绿色通道只用于医疗、交通、物业、劳动、环境等行业性专业性纠纷")
        errors.append(FieldError("reason", "unfit", text))
    if office.committee_kind not in RECEIVERS:
        errors.append(FieldError("to_office_id", "unfit", N_("绿色通道的接收方须为行业性、专业性人民调解委员会")))
    if errors:
        raise InvalidInput(*errors)
