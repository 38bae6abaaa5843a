"""The form of 接谈: what the clerk hears, reads back, registers. Nothing missing refuses a registration (N10)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from cases.suitability import Nature
from cases.units import UnitKind
from foundation.choice import Choice
from foundation.language import N_


class Mode(Choice):
    """五(一): at the desk, or going to the people."""

    DESK = "desk", N_("工作室（窗口）接谈")
    OUTREACH = "outreach", N_("深入基层接谈")


class Source(Choice):
    """One list of sources (obligation 22a)."""

    APPLICATION = "application", N_("当事人申请")
    JOINT_CONFERENCE = "joint_conference", N_("联席会议交办")
    LEADER = "leader", N_("领导批办")
    UNIT = "unit", N_("被访单位申请提交")
    SCREENING = "screening", N_("矛盾纠纷排查")
    PETITION_OFFICE = "petition_office", N_("信访部门移交")
    DEPARTMENT = "department", N_("有关部门委托")
    COMMITTEE = "committee", N_("其他调委会移交")
    PUBLIC = "public", N_("群众反映")


class SideKind(Choice):
    PERSON = "person", N_("自然人")
    UNIT = "unit", N_("单位")


class PetitionerRow(Struct, frozen=True, kw_only=True):
    """One person; everyone is registered, one by one."""

    name: Annotated[str, Meta(title=N_("姓名"), min_length=1, max_length=80)]
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18)] | None = None
    telephone: Annotated[str, Meta(title=N_("电话"), max_length=30)] | None = None
    address: Annotated[str, Meta(title=N_("住址"), max_length=200)] | None = None
    ethnic_group: Annotated[str, Meta(title=N_("民族"), max_length=20)] | None = None
    language: Annotated[str, Meta(title=N_("使用的语言（非普通话时）"), max_length=30)] | None = None
    poor_household: Annotated[bool, Meta(title=N_("登记在册的困难户（凭证据）"))] = False
    representative: Annotated[bool, Meta(title=N_("推选为代表"))] = False


class OtherSideRow(Struct, frozen=True, kw_only=True):
    """The other side. It learns nothing before the petitioner's recorded consent (N3)."""

    kind: Annotated[SideKind, Meta(title=N_("类别"))]
    name: Annotated[str, Meta(title=N_("名称（姓名）"), min_length=1, max_length=120)]
    unit_kind: Annotated[UnitKind, Meta(title=N_("单位类别"))] | None = None
    telephone: Annotated[str, Meta(title=N_("电话"), max_length=30)] | None = None
    address: Annotated[str, Meta(title=N_("地址"), max_length=200)] | None = None


class ClaimRow(Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(title=N_("诉求"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    nature: Annotated[Nature, Meta(title=N_("性质"))]
    known_on: (
        Annotated[date, Meta(title=N_("何时知道（已知时）"), description=N_("据此计算法定救济期限，调解不使其中止"))]
        | None
    ) = None


class RegistrationForm(Struct, frozen=True, kw_only=True):
    mode: Annotated[Mode, Meta(title=N_("接谈方式"))]
    source: Annotated[Source, Meta(title=N_("来源"))]
    place_id: Annotated[int, Meta(title=N_("纠纷发生地"), extra={"options": "places"})]
    dispute_type: Annotated[int, Meta(title=N_("纠纷类型"), extra={"options": "dispute_types"})]
    petition_no: Annotated[str, Meta(title=N_("信访登记号（如有）"), max_length=60)] | None = None
    referring_office_id: (
        Annotated[
            int,
            Meta(
                title=N_("转送交办的信访部门"),
                description=N_("来源为信访部门移交时选择；不选为本级或上一级信访部门"),
                extra={"options": "petition_offices"},
            ),
        ]
        | None
    ) = None
    first_visit: Annotated[bool, Meta(title=N_("初次信访"))] = False
    petitioners: Annotated[
        list[PetitionerRow],
        Meta(title=N_("信访人"), description=N_("逐一登记；代表不超过5人"), max_length=500),
    ] = []
    visited_unit: Annotated[str, Meta(title=N_("被访单位"), max_length=120)] | None = None
    other_side: Annotated[list[OtherSideRow], Meta(title=N_("另一方当事人"), max_length=50)] = []
    statement: Annotated[
        str, Meta(title=N_("陈述"), min_length=2, max_length=20000, extra={"widget": "textarea", "rows": 8})
    ]
    oral: Annotated[bool, Meta(title=N_("口头陈述，如实记录"))] = False
    read_back: Annotated[bool, Meta(title=N_("已宣读（翻译）并经确认无误"))] = False
    interpreter: Annotated[str, Meta(title=N_("翻译人员"), max_length=80)] | None = None
    materials: Annotated[str, Meta(title=N_("材料清单"), max_length=4000, extra={"widget": "textarea"})] | None = None
    claims: Annotated[list[ClaimRow], Meta(title=N_("诉求"), min_length=1, max_length=50)]
    advice: (
        Annotated[str, Meta(title=N_("已作的法律咨询解答"), max_length=4000, extra={"widget": "textarea"})] | None
    ) = None
    privacy_notice: Annotated[bool, Meta(title=N_("已告知个人信息的处理者、目的、种类和权利"))] = False
