"""What no set of rules may say, each by name: rules.md "Refusals", the never-rules, and who keeps the rules themselves.

The program's own rules.csv is held to them by a test, and every edition before it is made. They read cells, not rows,
so that no way of writing a row gets round one.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from foundation.language import N_
from policies.actions import Action as A
from policies.faults import Fault, PolicyBroken
from policies.functions import NINE_FUNCTIONS
from policies.named import ACTIONS_NAMED, RELATIONS_NAMED, ROLES_NAMED, TIERS_NAMED
from policies.relations import NEGATIVE
from policies.relations import Relation as R
from policies.rules import PARTIES, Cell, RuleBook
from tenants.roles import ADMINISTRATORS, ONLY_AT, WITHOUT_CASES
from tenants.tiers import Tier

SECURITY = "secadmin"
KEYS_OF_THE_HOUSE = frozenset({A.POLICY_DRAFT, A.POLICY_APPROVE, A.ROLE_GRANT, A.KEY_ROTATE, A.ACCOUNT_RESET_FACTOR})
"""Whoever has one of them can give himself all others; with passwords, a second factor opens another's account."""
HOUSEKEEPING = frozenset({A.ACCOUNT_MANAGE, A.TENANT_MANAGE, A.DICTIONARY_MANAGE, A.JOB_RUN})
PRIVATE_READS = frozenset(
    {
        A.CASE_READ_CONTACT, A.CASE_READ_CONTACT_MASKED, A.CASE_READ_NOTES, A.CASE_READ_OPINION, A.CASE_READ_SENSITIVE,
        A.CASE_READ_TIMELINE,
    }
)  # fmt: skip
OUTCOME = frozenset(
    {
        A.TEAM_FORM, A.TEAM_DISSOLVE, A.CASE_ASSESS, A.CASE_ACCEPT, A.CASE_REFUSE, A.OPINION_DRAFT, A.OPINION_ISSUE,
        A.OPINION_CONFER, A.AGREEMENT_DRAFT, A.AGREEMENT_SEAL, A.CASE_CLOSE, A.CASE_TERMINATE, A.TIMER_EXTEND,
        A.SUBSIDY_PROPOSE,
    }
)  # fmt: skip
PAYING_SIDE = frozenset(
    {"unit_agent", "unit_finance", "treasury", "po_referrer", "po_signatory", "po_manager", "payer_decider",
     "fee_reviewer", "cashier", "auditor"}
)  # fmt: skip
"""Who pays, entrusts, reviews, pays out or audits (N9)."""
MONEY_STEPS = (A.SUBSIDY_PROPOSE, A.SUBSIDY_REVIEW, A.SUBSIDY_APPROVE, A.SUBSIDY_PAY)
"""Four persons, one after the other; two steps in one role would be one hand."""
READS_BESIDE = frozenset({A.ACCESS_LOG_READ, A.PARTY_REVEAL, A.LEDGER_READ, A.VOUCHER_READ, A.REVEAL_LOG_READ})
OWN_OBJECTS = frozenset(
    {
        A.ORDER_ISSUE, A.ORDER_URGE, A.ORDER_EXTEND, A.ORDER_STRIKE_OFF, A.CASE_SUPERVISE, A.QUALITY_INSPECT,
        A.COMPLAINT_HANDLE, A.SUSPEND_PROPOSE, A.ACCESS_REVIEW, A.DATA_REQUEST_ANSWER, A.BREACH_REPORT,
        A.JURISDICTION_COORDINATE, A.HANDOVER_NAME_HOLDER, A.RECUSAL_DECLARE, A.ACCESS_REQUEST,
        A.LEADER_CHARGE, A.WARNING_REVIEW,
    }
)  # fmt: skip
"""What overseers do stands beside the case (refusal 4): orders, inspections, complaints, naming a holder."""
TOWNSHIP_MONEY = frozenset(
    (role, Tier.COUNTY, R.OVERSEES, action)
    for role, actions in {
        "lg_head_justice": (A.SUBSIDY_APPROVE,),
        "lg_head_petition": (A.SUBSIDY_APPROVE,),
        "fee_reviewer": (A.SUBSIDY_REVIEW, A.TRAVEL_APPROVE, A.FEE_REVIEW),
        "payer_decider": (A.PAYER_CONFIRM,),
        "cashier": (A.SUBSIDY_PAY, A.BATCH_RECONCILE),
    }.items()
    for action in actions
)
"""A township has no fund: its county finds, reviews, approves and pays (六(四)7)."""
NEVER_LENT = frozenset(
    {
        A.SUBSIDY_PROPOSE, A.SUBSIDY_REVIEW, A.SUBSIDY_APPROVE, A.SUBSIDY_PAY, A.PAYER_CONFIRM, A.TRAVEL_APPROVE,
        A.FEE_REVIEW, A.BUDGET_APPROVE, A.BUDGET_REQUEST, A.BATCH_RECONCILE, A.ACCESS_REVIEW, A.RECUSAL_DECIDE,
        A.CASE_APPROVE_REGISTRATION, A.AGREEMENT_SEAL, A.ORDER_ISSUE, *KEYS_OF_THE_HOUSE,
    }
)  # fmt: skip
OF_ONESELF = frozenset({A.RECUSAL_DECLARE, A.ACCESS_REQUEST})
"""What anybody may say of himself, whatever else he may not."""
SENT_SEES = OF_ONESELF | frozenset({A.CASE_STATUS, A.RESULT_READ, A.CASE_READ_TIMELINE, A.CASE_READ_OWN_COSTS})
OFFER_SEES = OF_ONESELF | frozenset({A.HANDOVER_PREVIEW, A.HANDOVER_ACCEPT, A.HANDOVER_RETURN})
DAILY_LINE = OF_ONESELF | frozenset({A.CASE_STATUS, A.DUTY_ROSTER, A.ATTENDANCE_READ, A.EQUIPMENT_MANAGE, A.QUEUE_READ})
NOTES_AT = frozenset({R.HOLDS, R.HOUSES, R.TEAM, R.HANDLER, R.HEARS, R.DELEGATED})
SENSITIVE_AT = frozenset({R.TEAM, R.HANDLER})
SEEN_WHILE_SUPERVISING = frozenset(
    {
        A.CASE_READ_CONTACT, A.CASE_READ_CONTACT_MASKED, A.CASE_READ_IDENTITY, A.CASE_READ_IDENTITY_MASKED,
        A.CASE_READ_NOTES, A.CASE_READ_OPINION, A.CASE_READ_SENSITIVE, A.CASE_READ_STATEMENT, A.PARTY_REVEAL,
    }
)  # fmt: skip
"""Never by overseeing alone (decision 8): while an order, complaint or inspection is open, the relation is another."""
BESIDE_THE_CASE = frozenset({R.GOVERNS, R.REFERRED, R.LEADS})
"""The business line, whoever sent the matter, the leader in charge: they guide, order and urge."""
OWN_RIGHTS = frozenset({A.CASE_STATUS, A.PAPER_READ, A.ACCESS_LOG_READ, A.CONSENT_WITHDRAW})
READING = ("case:read", "case:status")

Found = Iterable[tuple[Cell, str]]
"""Cells that break the invariant, each with its rule's number; a cell that is missing has none."""


class Invariant(Struct, frozen=True):
    """One sentence that holds for every set of rules, and how the cells that break it are found."""

    code: str
    says: str
    broken: Callable[[dict[Cell, str]], Found]


def never(test: Callable[[str, str, str, str], bool]) -> Callable[[dict[Cell, str]], Found]:
    """No cell (role, tier, relation, action) may be such."""
    return lambda cells: [(cell, no) for cell, no in cells.items() if test(*cell)]


def always(*wanted: Cell) -> Callable[[dict[Cell, str]], Found]:
    """Each of these cells must be there."""
    return lambda cells: [(cell, "") for cell in wanted if cell not in cells]


def _two_hands(cells: dict[Cell, str]) -> Found:
    """The later step of the two is named."""
    steps: dict[str, set[str]] = {}
    for role, _, _, action in cells:
        if action in MONEY_STEPS:
            steps.setdefault(role, set()).add(action)
    return [(cell, no) for cell, no in cells.items() if len(steps.get(cell[0], ())) > 1 and cell[3] in MONEY_STEPS]


INVARIANTS = (
    Invariant(
        "security_stays",
        N_("省级安全管理员必须保有起草规则、批准规则和确认岗位授权的权限，否则以后谁也不能再改规则"),
        always(*((SECURITY, "P", R.NONE, action) for action in (A.POLICY_DRAFT, A.POLICY_APPROVE, A.ROLE_GRANT))),
    ),
    Invariant(
        "keys_of_the_house",
        N_("起草和批准规则、确认授权、轮换密钥、重置两步验证只属于安全管理员"),
        never(lambda role, tier, relation, action: action in KEYS_OF_THE_HOUSE and role != SECURITY),
    ),
    Invariant(
        "administrators_apart",
        N_("管理机构、账号、字典和后台任务只属于系统管理员"),
        never(lambda role, tier, relation, action: action in HOUSEKEEPING and role != "sysadmin"),
    ),
    Invariant(
        "province_approves",
        N_("规则只能由省级批准"),
        never(lambda role, tier, relation, action: action == A.POLICY_APPROVE and tier != "P"),
    ),
    Invariant(
        "administrators_see_no_case",
        N_("系统、安全、审计管理员与任何案件没有关系"),
        never(lambda role, tier, relation, action: role in ADMINISTRATORS and relation != R.NONE),
    ),
    Invariant(
        "helpers_see_no_case",
        N_("辅助、值班、统计岗位与任何案件没有关系"),
        never(lambda role, tier, relation, action: role in WITHOUT_CASES - ADMINISTRATORS and relation != R.NONE),
    ),
    Invariant(
        "helpers_hold_no_function",
        N_("辅助人员不行使工作室九项职能中的任何一项"),
        never(lambda role, tier, relation, action: role == "aux_staff" and action in NINE_FUNCTIONS.values()),
    ),
    Invariant(
        "log_is_the_auditors",
        N_("审计日志只由审计管理员查看，审计管理员只看日志"),
        never(lambda role, tier, relation, action: (role == "auditadmin") is not action.startswith("audit:")),
    ),
    Invariant(
        "negative_never_grants",
        N_("被检举、已回避只取消权限，不产生权限"),
        never(lambda role, tier, relation, action: relation in NEGATIVE),
    ),
    Invariant(
        "tiers_of_roles",
        N_("安全、审计管理员只设在省和州市；当事方不在任何层级"),
        never(
            lambda role, tier, relation, action: (
                (role in ADMINISTRATORS and tier not in ONLY_AT.get(role, {tier}))
                or (role in PARTIES) is not (tier == "-")
            )
        ),
    ),
    Invariant(
        "no_case_without_relation",
        N_("没有关系就不能办理、查看案件"),
        never(lambda role, tier, relation, action: relation == R.NONE and action.startswith(("case:", "party:"))),
    ),
    Invariant(
        "overseers_never_write",
        N_("上级、督办人、转送部门不改动案件；督办、抽查、投诉另立对象"),
        never(
            lambda role, tier, relation, action: (
                relation in (R.OVERSEES, R.SUPERVISES, R.HEARS)
                and not role.startswith("system.")
                and not action.startswith(READING)
                and action not in READS_BESIDE | OWN_OBJECTS
                and (role, tier, relation, action) not in TOWNSHIP_MONEY
            )
        ),
    ),
    Invariant(
        "overseers_see_no_persons",
        N_("上级平时不看身份、联系方式、陈述和意见；督办、投诉、抽查期间另有关系"),
        never(lambda role, tier, relation, action: relation == R.OVERSEES and action in SEEN_WHILE_SUPERVISING),
    ),
    Invariant(
        "guidance_decides_nothing",
        N_("业务监督、转送部门、包案领导不决定小组、意见、受理、期限和结案"),
        never(lambda role, tier, relation, action: relation in BESIDE_THE_CASE and action in OUTCOME),
    ),
    Invariant(
        "payers_see_the_bill",
        N_("付款单位只看账单，不看案件"),
        never(lambda role, tier, relation, action: relation == R.PAYS and action.startswith("case:read")),
    ),
    Invariant(
        "sent_is_past",
        N_("移出后只看进度、移交前的经过和结果"),
        never(lambda role, tier, relation, action: relation == R.SENT and action not in SENT_SEES),
    ),
    Invariant(
        "offer_is_preview",
        N_("接收前只看预览"),
        never(lambda role, tier, relation, action: relation == R.OFFERED and action not in OFFER_SEES),
    ),
    Invariant(
        "daily_line",
        N_("信访部门的日常管理不看案情"),
        never(lambda role, tier, relation, action: relation == R.MANAGES and action not in DAILY_LINE),
    ),
    Invariant(
        "place_gives_no_sight",
        N_("属地乡镇只做交办事务，不看案件"),
        never(lambda role, tier, relation, action: relation == R.SERVES and action != A.TASK_DO),
    ),
    Invariant(
        "other_side",
        N_("对方当事人、付款单位、预警接收方不看联系方式、备注、草稿、敏感信息和办理过程"),
        never(
            lambda role, tier, relation, action: (
                relation in (R.RESPONDENT, R.PAYS, R.WARNED) and action in PRIVATE_READS
            )
        ),
    ),
    Invariant(
        "money_buys_no_outcome",
        N_("付款、委托、审核、支付的一方不决定小组、意见、受理、期限和结案"),
        never(lambda role, tier, relation, action: role in PAYING_SIDE and action in OUTCOME),
    ),
    Invariant(
        "money_takes_four_hands",
        N_("经费的申报、审核、审批、支付分属不同岗位"),
        _two_hands,
    ),
    Invariant(
        "never_lent",
        N_("经费审批、回避决定、规则和授权不得出借、协办"),
        never(
            lambda role, tier, relation, action: (
                (role in ("borrower", "assist_member") or relation in (R.DELEGATED, R.ASSISTS)) and action in NEVER_LENT
            )
        ),
    ),
    Invariant(
        "notes_stay_with_handlers",
        N_("内部备注只给办理案件的人，以及投诉处理期间的投诉受理人"),
        never(
            lambda role, tier, relation, action: (
                action == A.CASE_READ_NOTES
                and (relation not in NOTES_AT or (relation == R.HEARS and role != "complaint_officer"))
            )
        ),
    ),
    Invariant(
        "sensitive_stays_with_handlers",
        N_("敏感信息只给承办人和小组"),
        never(
            lambda role, tier, relation, action: action == A.CASE_READ_SENSITIVE and relation not in SENSITIVE_AT
        ),
    ),
    Invariant(
        "petitioners_rights",
        N_("信访人随时可看本人案件的进度、文书和查阅记录，可撤回同意"),
        always(*(("petitioner", "-", R.SELF, action) for action in sorted(OWN_RIGHTS))),
    ),
    Invariant(
        "machines_read_no_case",
        N_("系统任务只看进度和期限"),
        never(lambda role, tier, relation, action: role.startswith("system.") and action.startswith("case:read")),
    ),
)  # fmt: skip


BROKEN = N_("%(says)s（规则 %(no)s：%(role)s · %(tier)s · %(relation)s · %(action)s）")
AXES = {"role": ROLES_NAMED, "tier": TIERS_NAMED, "relation": RELATIONS_NAMED, "action": ACTIONS_NAMED}


def broken(book: RuleBook) -> Iterator[Fault]:
    """One fault for each invariant and rule that breaks it, with the first cell of it as the example."""
    cells = book.cells()
    for invariant in INVARIANTS:
        told: set[str] = set()
        for cell, no in invariant.broken(cells):
            if no not in told:
                told.add(no)
                example = {axis: names.get(word, word) for (axis, names), word in zip(AXES.items(), cell, strict=True)}
                said = {"says": invariant.says, "no": no or "—", **example}
                yield Fault(invariant.code, BROKEN, said, no=no)


def require_sound(book: RuleBook) -> RuleBook:
    """The book itself; raises PolicyBroken with every invariant that it breaks."""
    if faults := list(broken(book)):
        raise PolicyBroken(faults=faults)
    return book
