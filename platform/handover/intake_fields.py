"""Our fields, as a file from elsewhere may fill them, with the names that columns usually bear."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_


class Kind(Choice):
    TEXT = "text", N_("文字")
    DATE = "date", N_("日期")
    YES_NO = "yes_no", N_("是或否")
    CODE = "code", N_("从列表选择")


class Field(Struct, frozen=True):
    """`code`: of the case itself, or `petitioner.name` and the like. `names`: other titles of such a column."""

    code: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    fixable: bool = False
    """All lines may have the same value, said once."""
    names: tuple[str, ...] = ()
    help: str = ""

    @property
    def of(self) -> str:
        """case | petitioner | other | claim."""
        return self.code.partition(".")[0] if "." in self.code else "case"

    @property
    def name(self) -> str:
        """As the form of a registration calls it."""
        return self.code.rpartition(".")[2]


CASE = (
    Field(
        "outside_no",
        N_("原系统编号"),
        required=True,
        names=("编号", "案件编号", "原编号", "案号", "信访编号", "受理编号", "登记编号", "流水号", "序号", "case no"),
        help=N_("同一编号的后续各行、陈述为空的，视为同一案件的其他当事人或者诉求"),
    ),
    Field(
        "filed_on",
        N_("原登记日期"),
        Kind.DATE,
        required=True,
        names=("登记日期", "登记时间", "信访日期", "来访日期", "来访时间", "申请日期", "日期", "filed"),
    ),
    Field(
        "state",
        N_("所处环节"),
        Kind.CODE,
        fixable=True,
        names=("环节", "状态", "办理状态", "办理环节", "当前环节", "进度", "state", "status"),
        help=N_("不填为“已登记，待报备审批”；委托及以后的环节须在本系统重新办理，按“已受理”接入"),
    ),
    Field("accepted_on", N_("原受理日期"), Kind.DATE, names=("受理日期", "受理时间", "accepted")),
    Field(
        "place",
        N_("纠纷发生地"),
        Kind.CODE,
        required=True,
        fixable=True,
        names=("发生地", "属地", "所属乡镇", "乡镇", "行政区划", "地点", "问题属地", "place"),
        help=N_("区划代码或者本辖区内的地名"),
    ),
    Field(
        "dispute_type",
        N_("纠纷类型"),
        Kind.CODE,
        required=True,
        fixable=True,
        names=("类型", "纠纷类别", "类别", "事项类别", "内容分类", "type"),
    ),
    Field("source", N_("来源"), Kind.CODE, required=True, fixable=True, names=("案件来源", "信访来源", "source")),
    Field("petition_no", N_("信访登记号"), names=("信访件编号", "信访号", "转送文号")),
    Field("first_visit", N_("初次信访"), Kind.YES_NO, fixable=True, names=("初访", "是否初访", "初信初访")),
    Field("visited_unit", N_("被访单位"), names=("涉事单位", "责任单位", "被反映单位", "问题涉及单位")),
    Field(
        "statement",
        N_("陈述"),
        required=True,
        names=("事由", "案情", "案情简介", "主要内容", "信访内容", "反映内容", "基本情况", "纠纷简介", "statement"),
    ),
    Field("came_with", N_("随案移来的材料"), names=("材料", "移交材料", "材料清单", "附件")),
)
PETITIONER = (
    Field(
        "petitioner.name", N_("信访人姓名（名称）"), names=("信访人", "申请人", "姓名", "申请人姓名", "当事人", "name")
    ),
    Field("petitioner.kind", N_("信访人类别"), Kind.CODE, fixable=True, names=("申请人类别", "申请人类型")),
    Field(
        "petitioner.id_number",
        N_("信访人公民身份号码"),
        names=("身份证号", "身份证号码", "证件号码", "公民身份号码", "申请人身份证号"),
    ),
    Field("petitioner.birth_date", N_("信访人出生日期"), Kind.DATE, names=("出生日期", "出生年月日")),
    Field(
        "petitioner.telephone",
        N_("信访人电话"),
        names=("电话", "联系电话", "手机", "手机号", "联系方式", "申请人电话", "phone"),
    ),
    Field("petitioner.address", N_("信访人住址"), names=("住址", "地址", "家庭住址", "联系地址", "申请人住址")),
    Field("petitioner.ethnic_group", N_("信访人民族"), names=("民族",)),
    Field("petitioner.language", N_("信访人使用的语言（非普通话时）"), names=("语言",)),
    Field("petitioner.uscc", N_("信访单位统一社会信用代码"), names=("申请人统一社会信用代码",)),
    Field("petitioner.legal_representative", N_("信访单位负责人"), names=("申请人法定代表人",)),
)
OTHER = (
    Field(
        "other.name",
        N_("另一方名称（姓名）"),
        names=("另一方", "对方", "被申请人", "被申请人名称", "对方当事人", "被投诉人", "respondent"),
    ),
    Field("other.kind", N_("另一方类别"), Kind.CODE, fixable=True, names=("被申请人类别", "被申请人类型", "对方类型")),
    Field("other.uscc", N_("另一方统一社会信用代码"), names=("统一社会信用代码", "信用代码", "被申请人信用代码")),
    Field("other.legal_representative", N_("另一方负责人"), names=("法定代表人", "被申请人法定代表人")),
    Field("other.id_number", N_("另一方公民身份号码"), names=("被申请人身份证号", "对方身份证号")),
    Field("other.telephone", N_("另一方电话"), names=("被申请人电话", "对方电话")),
    Field("other.address", N_("另一方地址"), names=("被申请人地址", "对方地址", "单位地址")),
)
CLAIM = (
    Field("claim.text", N_("诉求"), names=("诉求内容", "请求事项", "调解请求", "信访诉求", "claim")),
    Field("claim.nature", N_("诉求性质"), Kind.CODE, fixable=True, names=("性质",)),
    Field(
        "claim.known_on", N_("何时知道权利被侵害"), Kind.DATE, names=("知道日期", "发生日期", "发生时间", "案发时间")
    ),
)
FIELDS: Mapping[str, Field] = {field.code: field for field in (*CASE, *PETITIONER, *OTHER, *CLAIM)}
GROUPS: Sequence[tuple[str, Sequence[Field]]] = (
    (N_("案件"), CASE),
    (N_("信访人"), PETITIONER),
    (N_("另一方当事人"), OTHER),
    (N_("诉求"), CLAIM),
)
REQUIRED = tuple(field for field in FIELDS.values() if field.required)
