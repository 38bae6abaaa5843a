"""Why an inspection is made, and what it looks into."""

from foundation.choice import Choice
from foundation.language import N_


class InspectionReason(Choice):
    SAMPLE = "sample", N_("抽查")
    OVERDUE = "overdue", N_("超过办理期限")
    SHUFFLING = "shuffling", N_("推诿、敷衍、拖延")
    COMPLAINT = "complaint", N_("当事人投诉")
    RELAPSE = "relapse", N_("达成协议后未履行或者再次信访")


class InspectionItem(Choice):
    """What is looked into."""

    PROCEDURE = "procedure", N_("程序和期限")
    FREE_WILL = "free_will", N_("自愿与告知")
    PAPERS = "papers", N_("文书和卷宗")
    AGREEMENT = "agreement", N_("协议与履行")
    DATA = "data", N_("个人信息查看")
