"""What a notice is about. Its words, its routing and its urgency are data of the kind."""

from foundation.choice import Choice
from foundation.language import N_


class NoticeKind(Choice):
    """The label is the first line that its reader sees; it never holds anything personal."""

    CASE_CHANGED = "case_changed", N_("案件有新进展")
    HANDOVER_OFFERED = "handover_offered", N_("有案件移交给本单位，待接收")
    HANDOVER_ANSWERED = "handover_answered", N_("案件移交已有结果")
    HOLDER_NAMED = "holder_named", N_("共同上级已指定承办单位")
    ASSISTANCE_ASKED = "assistance_asked", N_("请本单位协办一件案件")
    REGISTRATION_ANSWERED = "registration_answered", N_("您登记的案件已有答复")
    CASE_ENTRUSTED = "case_entrusted", N_("委托书已签署，案件可以办理")
    TEAM_CHANGED = "team_changed", N_("您参加的专调小组有变动")
    CLASS_PROPOSED = "class_proposed", N_("有类别变更待确认")
    CLASS_DECIDED = "class_decided", N_("类别变更已有决定")
    PARTY_LEFT = "party_left", N_("当事人退出调解")
    CONFLICT_DECLARED = "conflict_declared", N_("有回避事项待处理")
    BREACH_REPORTED = "breach_reported", N_("登记了个人信息泄露")
    COMPLAINT_FILED = "complaint_filed", N_("收到投诉，待处理")
    ORDER_CHANGED = "order_changed", N_("督办单有新情况")
    ORDER_REPLIED = "order_replied", N_("督办已回复，待销号")
    WARNING_RECEIVED = "warning_received", N_("收到预警，待签收")
    WARNING_ACKNOWLEDGED = "warning_acknowledged", N_("预警已签收")
    LINE_WROTE = "line_wrote", N_("上级提出指导、监督或检查意见")
    CASE_CLOSED = "case_closed", N_("案件已结案")
    DOCUMENT_ISSUED = "document_issued", N_("上级印发了文件，待签收")
    PLAN_ABOVE_CHANGED = "plan_above_changed", N_("上级方案有新版，请对照本级方案")
    REPORT_OVERDUE = "report_overdue", N_("有条款的落实情况逾期未报")
    RECEIPT_OVERDUE = "receipt_overdue", N_("有文件逾期未签收")
    FINDING_SENT = "finding_sent", N_("质量检查发现问题，待整改答复")
    FINDING_ANSWERED = "finding_answered", N_("质量检查的整改已答复，待认可")
    FINDING_OVERDUE = "finding_overdue", N_("质量检查的整改逾期未答复")
    LEADER_CHARGED = "leader_charged", N_("指定了领导包案")
    LEADER_PROGRESS = "leader_progress", N_("包案有进展报告")
    LEADER_OVERDUE = "leader_overdue", N_("包案期限已到，纠纷尚未化解")
    WARNING_UNRECEIPTED = "warning_unreceipted", N_("预警逾期未签收")
    WARNING_WITHHELD = "warning_withheld", N_("有不告知当事人的预警待审查")
    MASS_DISPUTE = "mass_dispute", N_("有十人以上的纠纷，请关注、协调帮助")
