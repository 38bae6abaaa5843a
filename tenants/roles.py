"""The roles that a post can carry, with the Chinese term of each (rules.md). What a role may do: see policies."""

from foundation.language import N_

ROLE_NAMES: dict[str, str] = {
    "contact_person": N_("信访联系点联络员"),
    "window_clerk": N_("信访接待窗口人员"),
    "sfs_head": N_("司法所所长"),
    "township_mediator": N_("乡镇调解员"),
    "intake": N_("接访员"),
    "wr_director": N_("人民调解工作室主任"),
    "wr_deputy": N_("人民调解工作室副主任"),
    "handler": N_("承办人"),
    "team_leader": N_("专调小组组长"),
    "mediator": N_("人民调解员"),
    "committee_chair": N_("人民调解委员会主任"),
    "lawyer": N_("律师"),
    "grassroots_legal_worker": N_("基层法律服务工作者"),
    "notary": N_("公证员"),
    "forensic_expert": N_("司法鉴定人员"),
    "legal_aid_worker": N_("法律援助工作者"),
    "invited_official": N_("受邀公职人员"),
    "panel_expert": N_("会诊专家"),
    "industry_mediator": N_("行业性专业性调解员"),
    "volunteer": N_("志愿者、乡贤"),
    "aux_staff": N_("辅助人员"),
    "duty_member": N_("值班人员"),
    "lgo_director": N_("领导小组办公室主任"),
    "lg_head_justice": N_("领导小组组长（司法行政）"),
    "lg_head_petition": N_("领导小组组长（信访）"),
    "po_manager": N_("信访局日常管理人员"),
    "po_referrer": N_("信访局转送交办经办人"),
    "po_signatory": N_("信访局委托签署人"),
    "po_inspector": N_("信访督查专员"),
    "joint_conference": N_("联席会议办公室"),
    "leader_in_charge": N_("包案领导"),
    "jb_guide": N_("司法局人民调解工作科"),
    "complaint_officer": N_("投诉受理人"),
    "privacy_officer": N_("个人信息保护负责人"),
    "supervisor_f": N_("州市督导员"),
    "supervisor_p": N_("省督导员"),
    "fee_reviewer": N_("司法局经费审核人"),
    "payer_decider": N_("责任认定人"),
    "cashier": N_("出纳"),
    "treasury": N_("同级财政部门"),
    "archivist": N_("档案员"),
    "stats_reader": N_("统计员"),
    "auditor": N_("审计人员"),
    "sysadmin": N_("系统管理员"),
    "secadmin": N_("安全管理员"),
    "auditadmin": N_("审计管理员"),
}

PROFESSIONS: dict[str, str] = {
    "mediator": N_("人民调解员"),
    "lawyer": N_("律师"),
    "grassroots": N_("基层法律服务工作者"),
    "notary": N_("公证员"),
    "forensic": N_("司法鉴定人员"),
    "legal_aid": N_("法律援助工作者"),
}
"""What a person may be by licence or appointment; parts in a team ask for it (`teams.roles.PROFESSION`)."""

ADMINISTRATORS = frozenset({"sysadmin", "secadmin", "auditadmin"})
"""Each excludes every other role (等保三级, rules 61–63); counted per person, not per post."""
ONLY_AT = {
    "secadmin": frozenset("PF"),
    "auditadmin": frozenset("PF"),
    "supervisor_f": frozenset("F"),
    "supervisor_p": frozenset("P"),
}
"""Tiers of the tenants in which a role stands; the others stand everywhere."""

NO_ROLE = ""
"""Of a session in which no post is chosen."""
WITHOUT_CASES = frozenset({NO_ROLE, "aux_staff", "duty_member", "stats_reader", "sysadmin", "secadmin", "auditadmin"})
"""Roles that no rule lets near a case: their sessions have no case scope. The gate's tests hold this to the rules."""
