"""The vocabulary of the payer table, each word with its Chinese label."""

from foundation.choice import Choice
from foundation.language import N_


class CostKind(Choice):
    """The sections of the payer table, which follow the items of 六(四)."""

    SUBSIDY = "A", N_("办案成本补助")
    NOTARY = "B", N_("公证费、司法鉴定费")
    COURT = "C", N_("诉讼费、仲裁费、案件代理费")
    TRAVEL = "D", N_("出差补助")
    DUTY = "E", N_("值班补助")
    OTHER = "F", N_("其他补助")
    BUDGET = "G", N_("年度专项经费")


class Outcome(Choice):
    AGREED = "agreed", N_("达成书面调解协议")
    ORAL = "oral", N_("达成口头协议并有记录")
    STRUCK_OFF = "struck_off", N_("经督办核实销号")  # never a petitioner's renunciation
    LITIGATION = "litigation", N_("导入诉讼")
    ARBITRATION = "arbitration", N_("导入仲裁")
    OTHER_CHANNEL = "other_channel", N_("导入其他法定途径")
    FAILED = "failed", N_("调解不成功")
    WITHDRAWN = "withdrawn", N_("当事人退出调解")
    UNSUITABLE = "unsuitable", N_("受理后发现不宜调解")
    MERGED = "merged", N_("并案")
    SETTLED_PRIVATELY = "settled_privately", N_("当事人自行和解")
    NOT_ACCEPTED = "not_accepted", N_("评析不予受理")
    AGREEMENT_FELL = "agreement_fell", N_("协议事后无效或者未履行")


class CaseClass(Choice):
    GENERAL = "general", N_("一般案件")
    MAJOR = "major", N_("重大案件")


class Producer(Choice):
    """责任主体: who produced the problem."""

    DEPARTMENT = "department", N_("部门")
    ENTERPRISE = "enterprise", N_("企业")
    UNIT = "unit", N_("单位")
    PERSON = "person", N_("自然人、家庭户或者未登记群体")
    COLLECTIVE = "collective", N_("村集体或者村（居）委会")
    SEVERAL = "several", N_("多个责任主体")
    ABOLISHED = "abolished", N_("已撤销或者合并的单位")
    UNCLEAR = "unclear", N_("责任主体不明确")


class Fault(Choice):
    """过错方: who is at fault; LATER = a running procedure will say."""

    DEPARTMENT = "department", N_("部门")
    ENTERPRISE = "enterprise", N_("企业")
    UNIT = "unit", N_("单位")
    PERSON = "person", N_("个人")
    COLLECTIVE = "collective", N_("村集体或者村（居）委会")
    SEVERAL = "several", N_("多方均有过错")
    UNCLEAR = "unclear", N_("责任（过错）方不明确")
    LATER = "later", N_("责任（过错）方待定")


class Basis(Choice):
    """On what a finding of responsibility may rest (gap q)."""

    AGREEMENT = "agreement", N_("调解协议中的责任条款")
    MINUTES = "minutes", N_("在卷的会商记录")
    JUDGMENT = "judgment", N_("裁判文书")
    AWARD = "award", N_("仲裁裁决")
    WRITTEN = "written", N_("有权机关的书面认定")


class PoorCategory(Choice):
    """建档立卡 ended with 2020; whether its successors count is the province's to say."""

    NONE = "none", N_("不属于困难群体")
    REGISTERED = "registered", N_("建档立卡贫困户")
    MONITORED = "monitored", N_("防止返贫监测对象")
    LOW_INCOME = "low_income", N_("最低生活保障对象")
    DESTITUTE = "destitute", N_("特困供养人员")


class Fee(Choice):
    NOTARY = "notary", N_("公证费")
    APPRAISAL = "appraisal", N_("司法鉴定费")
    COURT = "court", N_("诉讼费")
    ARBITRATION = "arbitration", N_("仲裁费")
    AGENCY = "agency", N_("案件代理费")


class FreeBy(Choice):
    """Which rule of law makes the proceeding free of charge."""

    NOTHING = "nothing", N_("法律未规定免费")
    JUDICIAL_CONFIRMATION = "judicial_confirmation", N_("司法确认")
    LABOUR_ARBITRATION = "labour_arbitration", N_("劳动争议仲裁")
    LAND_ARBITRATION = "land_arbitration", N_("农村土地承包仲裁")
    RECONSIDERATION = "reconsideration", N_("行政复议")


class Recipient(Choice):
    """State at the time of the work; a team counts as OFFICIAL when all of it are."""

    ELIGIBLE = "eligible", N_("可以领取补助")
    OFFICIAL = "official", N_("公职人员")


class Earlier(Choice):
    """What was settled for this case before."""

    NOTHING = "nothing", N_("尚未结算")
    DISCRETIONARY = "discretionary", N_("已按未达成协议酌定结算")
    FULL = "full", N_("已结算")


class Advancer(Choice):
    UNIT = "unit", N_("单位垫付")
    FINANCE = "finance", N_("财政垫付")
    PARTY = "party", N_("委托鉴定的当事人垫付")


class DutyDay(Choice):
    """What is unusual about a day of duty."""

    ORDINARY = "ordinary", N_("正常值班")
    HALF = "half", N_("值班半天")
    TWO_STATIONS = "two_stations", N_("一天两处值班")
    TRAVEL = "travel", N_("当天同时出差")
