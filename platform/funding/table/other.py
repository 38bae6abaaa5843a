"""F · any other subsidy, 六(四)6: never to an official; the plan names no other kind."""

from foundation.language import N_
from funding.answers import Refusal
from funding.rows import Nothing, Row, when
from funding.words import Recipient

OTHER = (
    Row(
        "F",
        N_("公职人员不得领取任何办案补助：申请、审批、支付时均拒绝"),
        N_("方案六(四)6"),
        when(recipient=Recipient.OFFICIAL),
        Nothing(Refusal.RECIPIENT_OFFICIAL),
    ),
)
