"""Why an office may not be offered a case: told at the field where it was named."""

from foundation.errors import Conflict, FieldError, InvalidInput
from foundation.language import N_


class TargetRefused(Conflict, InvalidInput):
    """The state of the case refuses this receiver; `at` is the field that names it."""

    def __init__(self, at: str = "to_office_id", **params: object) -> None:
        super().__init__(FieldError(at, self.code, self.message, params))
        self.params = params


class TargetConflicted(TargetRefused):
    """Never to the unit concerned, nor to a tenant whose own organ it is (rules.md, refusal 6)."""

    code = "target_conflicted"
    message = N_("对方本级机关是涉事单位，不得移交")


class TargetSponsored(TargetRefused):
    """Nor to a committee that the unit concerned has set up (rules.md, refusal 6)."""

    code = "target_sponsored"
    message = N_("该调委会由涉事单位设立，不得移交")


class TierSkipped(TargetRefused):
    """分级负责: the nearest tier above that may take the case is asked first."""

    code = "tier_skipped"
    message = N_("不得越级上提，应先上提至%(office)s")


class ReturnedBefore(TargetRefused):
    """One return per pair of offices (domain.md 13.1-7)."""

    code = "returned_before"
    message = N_("该单位已退回过一次；再有分歧由共同上级决定承办单位")


class FormerHolder(TargetRefused):
    """Back to who had the case before goes by the superior's word alone (handover-and-access.md, 3)."""

    code = "former_holder"
    message = N_("该单位曾承办本案，退回原承办单位须报请共同上级指定")


class HandoverLimit(TargetRefused):
    code = "handover_limit"
    message = N_("本案已移交%(times)s次，达到本地上限，再移交须报请共同上级指定")


class AlreadyDisputed(Conflict):
    code = "already_disputed"
    message = N_("分歧已报共同上级，等待指定")
