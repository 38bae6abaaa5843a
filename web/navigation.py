"""What the header offers: the pages that this post may open."""

from cases.lead_reception import DESK
from foundation.language import N_
from oversight.order_board import OPENED_BY as ORDERS_OPENED_BY
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tenants.tiers import Tier
from web.funding_sections import OPENED_BY

PAGES: tuple[tuple[str, str, Action | None], ...] = (
    ("/desk", N_("我的工作台"), None),
    ("/cases", N_("案件"), Action.CASE_STATUS),
    ("/cases/new", N_("接谈登记"), Action.CASE_REGISTER),
    ("/cases/new", N_("接谈登记"), Action.CASE_DRAFT),
    *(("/leads", N_("发现、处置、上报"), action) for action in DESK),
    ("/handovers", N_("移交箱"), Action.HANDOVER_PREVIEW),
    ("/handovers", N_("移交箱"), Action.HANDOVER_OFFER),
    ("/intakes", N_("外部接入"), Action.CASE_APPROVE_REGISTRATION),
    ("/disputes", N_("管辖分歧"), Action.HANDOVER_NAME_HOLDER),
    ("/disputes", N_("管辖分歧"), Action.HANDOVER_RETURN),
    ("/disputes", N_("管辖分歧"), Action.HANDOVER_OFFER),
    ("/disputes", N_("管辖分歧"), Action.JURISDICTION_COORDINATE),
    *(("/orders", N_("督办台账"), action) for action in ORDERS_OPENED_BY),
    ("/inspections", N_("质量检查"), Action.QUALITY_INSPECT),
    ("/quality", N_("检查结果"), Action.QUALITY_INSPECT),
    ("/complaints", N_("投诉"), Action.COMPLAINT_HANDLE),
    ("/complaints", N_("记录口头投诉"), Action.COMPLAINT_RECORD),
    ("/referred", N_("转送交办的事项"), Action.REFERRAL_SEND),
    ("/access-requests", N_("查阅申请"), Action.ACCESS_REQUEST),
    ("/access-requests/inbox", N_("查阅审查"), Action.ACCESS_REVIEW),
    ("/delegations", N_("授权与受托"), Action.CASE_DELEGATE),
    ("/responsibilities", N_("责任清单"), Action.CASE_GUIDE),
    ("/responsibilities", N_("责任清单"), Action.CASE_SUPERVISE),
    ("/leaders", N_("领导包案"), Action.LEADER_CHARGE),
    ("/leaders", N_("领导包案"), Action.VISIT_RECORD),
    ("/leaders", N_("领导包案"), Action.CASE_SUPERVISE),
    ("/warning-rules", N_("预警接收规则"), Action.WARNING_RULE),
    ("/leading-group", N_("领导小组"), Action.RESOLUTION_READ),
    ("/documents", N_("文件与方案"), Action.DOCUMENT_READ),
    ("/plan", N_("方案与落实"), Action.DOCUMENT_READ),
    ("/goals", N_("目标"), Action.STATS_READ),
    ("/tree", N_("组织"), None),
    ("/tree-plans", N_("区划调整"), Action.TENANT_MANAGE),
    ("/tree-plans", N_("区划调整"), Action.ROLE_GRANT),
    ("/tree-plans", N_("区划调整"), Action.CASE_SUPERVISE),
    *(("/funding", N_("经费"), action) for action in OPENED_BY),
    ("/overview", N_("概览"), Action.STATS_READ),
    ("/passed-on", N_("移交去向"), Action.STATS_READ),
    ("/audit", N_("审计"), Action.AUDIT_READ),
    ("/policy", N_("规则"), Action.POLICY_DRAFT),
    ("/policy", N_("规则"), Action.AUDIT_READ),
    ("/grants", N_("岗位确认"), Action.ROLE_GRANT),
    ("/second-factor-resets", N_("重置两步验证"), Action.ACCOUNT_RESET_FACTOR),
    ("/webhooks", N_("推送"), Action.TENANT_MANAGE),
    ("/jobs", N_("后台任务"), Action.JOB_RUN),
    ("/admin/", N_("后台管理"), Action.DICTIONARY_MANAGE),
)


PARTS = {"/matters": "/orders", "/warnings": "/desk"}
"""Pages without an entry of their own, and the one that they are reached from."""


def navigation(subject: Subject, here: str) -> list[tuple[str, str, bool]]:
    """(address, msgid, whether `here` lies in it) in the order of the work."""
    open_pages: dict[str, str] = {}
    for address, label, action in PAGES:
        if action is None or _may(subject, action):
            open_pages.setdefault(address, label)  # what two rights open is offered once
    here = next((entry for part, entry in PARTS.items() if here.startswith(part)), here)
    around = max((address for address in open_pages if here.startswith(address)), key=len, default="")
    return [(address, label, address == around) for address, label in open_pages.items()]


def _may(subject: Subject, action: Action) -> bool:
    """Jobs belong to no tenant: the province's administrator alone is shown them (organisation.jobs)."""
    return gate.may(subject, action) and (action is not Action.JOB_RUN or subject.tier == Tier.PROVINCE)
