"""Why money is refused: named errors, worded in both languages."""

from foundation.errors import Conflict, InvalidInput
from foundation.language import N_, translate
from funding.answers import Answer, Decision, FactsMissing, Payer, Refusal, RuleMissing
from funding.facts import FACT_NAMES


class AlreadySettled(Conflict):
    """一案一结."""

    code = "already_settled"
    message = N_("本案已经结算，一案一结")


class SplitDispute(Conflict):
    code = "split_dispute"
    message = N_("同一纠纷拆分立案，应当并案后结算")


class RecipientOfficial(Conflict):
    """六(四)6, at claim, approval and payment alike."""

    code = "recipient_official"
    message = N_("公职人员不得领取任何办案补助")


class OfficialsClaim(InvalidInput, RecipientOfficial):
    """The same, at the fields that name them."""

    code, status, message = RecipientOfficial.code, RecipientOfficial.status, RecipientOfficial.message


class NotApprovedBefore(Conflict):
    code = "not_approved_before"
    message = N_("出差未经主管部门事前审核同意")


class TravelAlreadyPaid(Conflict):
    code = "travel_already_paid"
    message = N_("同一天已领取出差补助")


class NothingPayable(Conflict):
    """The table's answer is: nobody pays anything."""

    code = "nothing_payable"
    message = N_("依付款表 %(row)s，本案不产生可支付的补助")


class FactsAreMissing(Conflict):
    """Which facts somebody has still to put on file."""

    code = "facts_missing"
    message = N_("不能确定付款人：付款表 %(row)s 缺少事实：%(facts)s")

    def __init__(self, missing: FactsMissing) -> None:
        super().__init__(row=missing.row, facts=list(missing.facts))
        self.missing = missing

    def text(self, language: str) -> str:
        names = [translate(FACT_NAMES[name], language) for name in self.missing.facts]
        facts = (", " if language == "en" else "、").join(names)
        return translate(self.message, language, row=self.missing.row, facts=facts)


class RuleIsMissing(Conflict):
    """The text is silent and the province has decided nothing."""

    code = "rule_missing"
    message = N_("文本没有规定（付款表 %(row)s，%(clause)s），省级也没有生效的默认规则，请省级明确")


REFUSALS: dict[Refusal, type[Conflict]] = {
    Refusal.ALREADY_SETTLED: AlreadySettled,
    Refusal.SPLIT_DISPUTE: SplitDispute,
    Refusal.RECIPIENT_OFFICIAL: RecipientOfficial,
    Refusal.NOT_APPROVED_BEFORE: NotApprovedBefore,
    Refusal.TRAVEL_ALREADY_PAID: TravelAlreadyPaid,
}


def decided(answer: Answer) -> Decision:
    """The decision, or the named error that says what stands in its way."""
    if isinstance(answer, FactsMissing):
        raise FactsAreMissing(answer)
    if isinstance(answer, RuleMissing):
        raise RuleIsMissing(row=answer.row, clause=answer.clause)
    if answer.refusal is not None:
        raise REFUSALS[answer.refusal]
    return answer


def payable(answer: Answer) -> Decision:
    """As `decided`, and somebody pays something."""
    decision = decided(answer)
    if decision.payer is Payer.NOBODY or decision.maximum_fen == 0:
        raise NothingPayable(row=decision.row)
    return decision
