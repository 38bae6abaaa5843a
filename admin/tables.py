"""The dictionaries that are edited in the operators' office. The schema is alembic's; a test compares every column
with the real one. `title` and `titles` are what people read instead of Piccolo's names (see `admin.wording`).
"""

from typing import ClassVar

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, Serial, SmallInt, Varchar
from piccolo.columns.readable import Readable
from piccolo.table import Table

from admin.choices import choices
from admin.engine import ENGINE
from cases.own_steps import Before
from cases.terms import TERMS
from foundation.language import N_
from funding.tariff import RATE_NAMES

TERM_NAMES = {kind: term.title for kind, term in TERMS.items()}
BEFORE = {act.value: act.label for act in Before}


class CalendarDay(
    Table,
    tablename="subtree_calendar_days",
    db=ENGINE,
    help_text=N_("节假日与调休：全省一份，州市县可另加本地的一行"),
):
    """One dated exception from "Monday to Friday"; those of tenants beside the own line do not show."""

    title: ClassVar[str] = N_("节假日与调休")
    titles: ClassVar[dict[str, str]] = {
        "date": N_("日期"),
        "tenant_id": N_("单位编号"),
        "is_workday": N_("上班"),
        "name": N_("名称"),
        "provisional": N_("推定"),
    }

    id = Serial(primary_key=True)
    date = Date(help_text=N_("哪一天放假或上班"), default=None)
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；本地的填本级单位编号"))
    is_workday = Boolean(default=False, help_text=N_("True = 这一天上班（调休）；False = 放假"))
    name = Varchar(length=None, default="", help_text=N_("节日名称，如 春节、国庆节调休"))
    provisional = Boolean(default=False, help_text=N_("国务院办公厅尚未发布通知，先行推定"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.date, cls.name])


class TermSetting(
    Table,
    tablename="subtree_term_settings",
    db=ENGINE,
    help_text=N_("期限设置：到期前几日提醒；法律没有规定长度的期限有多长。全省一份，州市县可另设"),
):
    """A tenant's own lead or length of a term; what the law fixes can't be changed here."""

    title: ClassVar[str] = N_("期限设置")
    titles: ClassVar[dict[str, str]] = {
        "tenant_id": N_("单位编号"),
        "kind": N_("期限"),
        "lead_days": N_("提前几日提醒"),
        "length": N_("长度"),
        "valid_from": N_("起用日期"),
        "reason": N_("理由"),
    }

    id = Serial(primary_key=True)
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；本地的填本级单位编号"))
    kind = Varchar(length=None, choices=choices(TERM_NAMES), help_text=N_("哪一项期限"), default=None)
    lead_days = SmallInt(null=True, default=None, help_text=N_("最后一日之前几个自然日起标明“快到期”，空 = 照旧"))
    length = SmallInt(null=True, default=None, help_text=N_("只限“被访单位签署委托书”（工作日）和“限时销号”（自然日）"))
    valid_from = Date(default=None, help_text=N_("自何日起使用"))
    reason = Varchar(length=None, default="", help_text=N_("依据或者理由"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.kind, cls.valid_from])


class OwnStep(
    Table,
    tablename="subtree_own_steps",
    db=ENGINE,
    help_text=N_("本单位规定的环节：以后登记的案件，办理到所列事项之前须先完成；不得用于登记"),
):
    """A step of a tenant's own, which cases registered from its day on must have before them."""

    title: ClassVar[str] = N_("本单位规定的环节")
    titles: ClassVar[dict[str, str]] = {
        "tenant_id": N_("单位编号"),
        "name": N_("环节"),
        "before_act": N_("何事之前"),
        "basis": N_("依据"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
    }

    id = Serial(primary_key=True)
    tenant_id = Integer(default=None, help_text=N_("本级或下级单位编号；对该单位及其下级适用"))
    name = Varchar(length=60, default="", help_text=N_("环节名称，如 合议、法制审核"))
    before_act = Varchar(length=None, choices=choices(BEFORE), help_text=N_("在哪一事项之前"), default=None)
    basis = Varchar(length=None, default="", help_text=N_("依据的文件名称和条款"))
    valid_from = Date(default=None, help_text=N_("自何日登记的案件起适用"))
    valid_to = Date(null=True, default=None, help_text=N_("至何日止，空 = 仍在使用"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class HandoverSetting(
    Table,
    tablename="subtree_handover_settings",
    db=ENGINE,
    help_text=N_("移交设置：共同上级几个工作日内指定承办单位，一件案件最多移交几次。全省一份，州市县只能另设更少的"),
):
    """A tenant's own days to name a holder and its limit of handovers."""

    title: ClassVar[str] = N_("移交设置")
    titles: ClassVar[dict[str, str]] = {
        "tenant_id": N_("单位编号"),
        "naming_days": N_("指定期限"),
        "most_handovers": N_("最多移交次数"),
        "valid_from": N_("起用日期"),
        "reason": N_("理由"),
    }

    id = Serial(primary_key=True)
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；本地的填本级单位编号"))
    naming_days = SmallInt(null=True, default=None, help_text=N_("共同上级指定承办单位的工作日，1 至 30；空 = 5"))
    most_handovers = SmallInt(null=True, default=None, help_text=N_("一件案件最多移交几次，1 至 20；空 = 4"))
    valid_from = Date(default=None, help_text=N_("自何日起使用"))
    reason = Varchar(length=None, default="", help_text=N_("依据或者理由"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.valid_from])


class CommitteeSponsor(
    Table,
    tablename="subtree_committee_sponsors",
    db=ENGINE,
    help_text=N_("调委会设立单位：涉及该单位的案件不得移交给它设立的调委会"),
):
    """Who has set up a committee: no case in which that unit is concerned goes there."""

    title: ClassVar[str] = N_("调委会设立单位")
    titles: ClassVar[dict[str, str]] = {
        "tenant_id": N_("单位编号"),
        "office_id": N_("调委会机构编号"),
        "name": N_("设立单位"),
        "uscc": N_("统一社会信用代码"),
    }

    id = Serial(primary_key=True)
    tenant_id = Integer(default=None, help_text=N_("调委会所属单位的编号"))
    office_id = Integer(default=None, help_text=N_("调委会的机构编号，见机构名册"))
    name = Varchar(length=None, default="", help_text=N_("设立单位的全称，与登记的涉事单位名称一致"))
    uscc = Varchar(length=None, null=True, default=None, help_text=N_("统一社会信用代码，可空"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Campaign(
    Table,
    tablename="campaigns",
    db=ENGINE,
    help_text=N_("专项行动：有起止日期，登记时可以标注；不据此计算任何指标"),
):
    """A campaign whose tag a case may carry (obligation 12a)."""

    title: ClassVar[str] = N_("专项行动")
    titles: ClassVar[dict[str, str]] = {
        "name": N_("名称"),
        "source": N_("依据文件"),
        "tasks": N_("任务"),
        "tenant_id": N_("单位编号"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
    }

    id = Serial(primary_key=True)
    name = Varchar(length=None, default="", help_text=N_("专项行动的名称"))
    source = Varchar(length=None, default="", help_text=N_("依据的文件名称和日期"))
    tasks = Varchar(length=None, default="", help_text=N_("要做的事，用文字说明"))
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；本级的填本级单位编号，对其下级也适用"))
    valid_from = Date(default=None, help_text=N_("自何日起使用"))
    valid_to = Date(null=True, default=None, help_text=N_("至何日止，空 = 仍在使用"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class DisputeType(
    Table,
    tablename="dispute_types",
    db=ENGINE,
    help_text=N_("纠纷类型字典（司法部统计口径）：只有省级可改"),
):
    """One entry of the dictionary of dispute types."""

    title: ClassVar[str] = N_("纠纷类型字典")
    titles: ClassVar[dict[str, str]] = {
        "code": N_("代码"),
        "name_zh": N_("中文名称"),
        "name_en": N_("英文名称"),
        "asks_gate": N_("另须核对"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
    }

    code = SmallInt(primary_key=True, help_text=N_("代码，用过的不得改作他用"))
    name_zh = Varchar(length=None, help_text=N_("页面上的中文名称"))
    name_en = Varchar(length=None, help_text=N_("页面上的英文名称"))
    asks_gate = Boolean(default=False, help_text=N_("True = 评析时另须核对是否适宜调解（如征地拆迁）"))
    valid_from = Date(default=None, help_text=N_("自何日起使用"))
    valid_to = Date(null=True, default=None, help_text=N_("至何日止，空 = 仍在使用"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name_zh])


class TariffRate(
    Table,
    tablename="tariff_rates",
    db=ENGINE,
    help_text=N_("费用标准：在“经费”的“费用标准和付款规则”里起草、试算、由两位组长批准后生效，这里只读"),
):
    """A rate of plan 六(四), in fen. Changed by approval alone (0050); here it is read."""

    title: ClassVar[str] = N_("费用标准")
    titles: ClassVar[dict[str, str]] = {
        "key": N_("项目"),
        "minimum_fen": N_("下限（分）"),
        "maximum_fen": N_("上限（分）"),
        "unit": N_("计量"),
        "clause": N_("条款"),
        "source": N_("依据文件"),
        "valid_from": N_("起用日期"),
        "valid_to": N_("止用日期"),
        "tenant_id": N_("适用单位"),
        "change_id": N_("修改编号"),
    }

    id = Serial(primary_key=True)
    key = Varchar(length=None, choices=choices(RATE_NAMES), help_text=N_("哪一项费用"), default=None)
    minimum_fen = BigInt(default=None, help_text=N_("单位是分：300000 = 3000 元"))
    maximum_fen = BigInt(default=None, help_text=N_("单位是分，不得小于下限"))
    unit = Varchar(length=None, default=None, help_text=N_("如 每案、每人每天"))
    clause = Varchar(length=None, default=None, help_text=N_("依据的条款"))
    source = Varchar(length=None, default=None, help_text=N_("依据的文件名称和日期"))
    valid_from = Date(default=None, help_text=N_("起用的第一天，须在今天以后"))
    valid_to = Date(null=True, default=None, help_text=N_("使用的最后一天，空 = 未定"))
    tenant_id = Integer(null=True, default=None, help_text=N_("空 = 全省；有编号的是该单位在上级幅度内自定的"))
    change_id = UUID(null=True, default=None, help_text=N_("使其生效的修改，空 = 随平台提供"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.key, cls.valid_from])


class Statute(
    Table,
    tablename="statutes",
    db=ENGINE,
    help_text=N_("法规库：每一版本一行，只有省级可改；修订后给旧版填失效日期，再加新版"),
):
    """One version of a statute, as analyses, opinions and agreements cite it."""

    title: ClassVar[str] = N_("法规库")
    titles: ClassVar[dict[str, str]] = {
        "code": N_("代码"),
        "name": N_("名称"),
        "aliases": N_("简称"),
        "procedural": N_("程序法"),
        "valid_from": N_("施行日期"),
        "valid_to": N_("失效日期"),
        "successor": N_("替代的法规"),
        "last_article": N_("条数"),
        "checked": N_("已核对原文"),
    }

    id = Serial(primary_key=True)
    code = Varchar(length=None, default=None, help_text=N_("同一法规的各个版本用同一代码"))
    name = Varchar(length=None, default=None, help_text=N_("全称"))
    aliases = Varchar(length=None, default="", help_text=N_("简称，以空格分开"))
    procedural = Boolean(default=False, help_text=N_("True = 程序法，按今天的版本；False = 按事实发生时的版本"))
    valid_from = Date(default=None, help_text=N_("自何日起施行"))
    valid_to = Date(null=True, default=None, help_text=N_("自何日起失效，空 = 现行有效"))
    successor = Varchar(length=None, null=True, default=None, help_text=N_("由哪一部法规替代，名称不变的不填"))
    last_article = Integer(null=True, default=None, help_text=N_("共多少条，空 = 不核对条款"))
    checked = Boolean(default=False, help_text=N_("True = 日期和条数已与原文核对"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.name, cls.valid_from])


DICTIONARIES: tuple[type[Table], ...] = (
    CalendarDay, TermSetting, OwnStep, HandoverSetting, CommitteeSponsor, Campaign, DisputeType, TariffRate, Statute,
)  # fmt: skip
