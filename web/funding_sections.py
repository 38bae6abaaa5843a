"""The pages of money: where each lies, what it is for, and which rights open it. Each room adds its own line."""

from foundation.language import N_
from funding.budget_readers import READ_BOOKS
from funding.claims_board import OPENED_BY as OPENED_BY_CLAIMS
from funding.signal_reading import OPENED_BY as OPENED_BY_SIGNALS
from funding.tariff_drafts import IN_FORCE_READERS
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

SECTIONS: tuple[tuple[str, str, str, tuple[Action, ...]], ...] = (
    (
        "/funding/claims",
        N_("补助申报"),
        N_("待我审核、批准、支付的结算；申诉；暂不支付的原因；我的份额；误付追回"),
        OPENED_BY_CLAIMS,
    ),
    (
        "/funding/signals",
        N_("申报疑点"),
        N_("与其他申报、值班、出差、标准对照发现的疑点；核查和答复"),
        OPENED_BY_SIGNALS,
    ),
    (
        "/funding/rules",
        N_("费用标准和付款规则"),
        N_("各项标准、付款判断表、文本未定之处的选择；变更的起草、试算和批准"),
        IN_FORCE_READERS,
    ),
    (
        "/funding/budgets",
        N_("年度预算"),
        N_("联合申请、批复、占用、支出和关账；专款专用"),
        (
            Action.BUDGET_REQUEST,
            Action.BUDGET_APPROVE,
            Action.LEDGER_READ,
            Action.SUBSIDY_REVIEW,
            Action.SUBSIDY_APPROVE,
            Action.SUBSIDY_PAY,
        ),
    ),
    (
        "/funding/ledger",
        N_("账簿"),
        N_("各科目余额和分录：按年份、用途、付款方、案件"),
        READ_BOOKS,
    ),
    (
        "/funding/receivables",
        N_("应收账单"),
        N_("付款单位欠付的办案成本：到期、催缴、异议、到账"),
        READ_BOOKS,
    ),
    (
        "/funding/reports",
        N_("经费报表"),
        N_("按辖区、期间、类别、付款人；预算与实际；应收；平均成本"),
        (
            Action.BUDGET_REQUEST,
            Action.BUDGET_APPROVE,
            Action.LEDGER_READ,
            Action.SUBSIDY_REVIEW,
            Action.SUBSIDY_PAY,
            Action.CASE_SUPERVISE,
        ),
    ),
    (
        "/funding/duty",
        N_("值班"),
        N_("值班表、换班、签到；每月审核值班补助"),
        (
            Action.DUTY_ROSTER,
            Action.DUTY_CHECKIN,
            Action.SUBSIDY_REVIEW,
            Action.SUBSIDY_PAY,
            Action.LEDGER_READ,
        ),
    ),
    (
        "/funding/payments",
        N_("支付批次"),
        N_("送银行的批量支付、逐笔对账、失败重付"),
        (Action.SUBSIDY_PAY, Action.BATCH_RECONCILE, Action.VOUCHER_READ),
    ),
)
"""(address, msgid, msgid of what it is for, any of these rights opens it), in the order of the work."""

OPENED_BY = tuple(dict.fromkeys(action for *_, actions in SECTIONS for action in actions))


def sections(subject: Subject) -> list[tuple[str, str, str]]:
    """(address, title, purpose) of those that this post may open."""
    return [
        (address, title, purpose)
        for address, title, purpose, actions in SECTIONS
        if any(gate.may(subject, action) for action in actions)
    ]
