"""Posts that nobody gives alone (rules 61 and 62, 等保三级): a system administrator names the person, a security
administrator of the same tenant or above confirms it. Each role with the reason why it is here.

Who works on the cases of one office is not: the workroom answers for its own people.
"""

from foundation.language import N_

ADMINISTERS = N_("管理员岗位")
OVERSEES = N_("可查看或督办其他机构的案件")
MONEY = N_("经手补助、费用或责任认定")
AUDITS = N_("可查阅账目、记录或个人信息的查看日志")

REASONS: dict[str, str] = {
    "sysadmin": ADMINISTERS,
    "secadmin": ADMINISTERS,
    "auditadmin": ADMINISTERS,
    "supervisor_f": OVERSEES,
    "supervisor_p": OVERSEES,
    "lgo_director": OVERSEES,
    "joint_conference": OVERSEES,
    "complaint_officer": OVERSEES,
    "jb_guide": OVERSEES,
    "po_inspector": OVERSEES,
    "leader_in_charge": OVERSEES,
    "lg_head_justice": MONEY,
    "lg_head_petition": MONEY,
    "fee_reviewer": MONEY,
    "payer_decider": MONEY,
    "cashier": MONEY,
    "treasury": MONEY,
    "auditor": AUDITS,
    "privacy_officer": AUDITS,
}
"""Role → msgid of the reason. The database has the same roles (`needs_two_persons`); a test holds them together, and
another holds this list to the rules."""


def needs_two_persons(role: str) -> bool:
    return role in REASONS
