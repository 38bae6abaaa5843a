"""The form of 接谈: what the clerk hears, reads back, registers. Nothing missing refuses a registration (N10)."""

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from cases.interview import LANGUAGES, LONGEST_JOINT, Interpreting, MaterialRow, Mode, Visit
from cases.mandate_form import Bond
from cases.suitability import Nature
from cases.units import UnitKind
from foundation.choice import Choice
from foundation.language import N_


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
    """One person or organisation; everyone is registered, one by one. All but the name may be missing (N10)."""

    kind: Annotated[SideKind, Meta(title=N_("类别"))] = SideKind.PERSON
    name: Annotated[str, Meta(title=N_("姓名（名称）"), min_length=1, max_length=120)]
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18, extra={"compact": True})] | None = None
    birth_date: (
        Annotated[date, Meta(title=N_("出生日期"), description=N_("没有公民身份号码时填写"), extra={"rare": True})]
        | None
    ) = None
    telephone: Annotated[str, Meta(title=N_("电话"), max_length=30)] | None = None
    address: Annotated[str, Meta(title=N_("住址"), max_length=200)] | None = None
    ethnic_group: Annotated[str, Meta(title=N_("民族"), max_length=20)] | None = None
    language: (
        Annotated[str, Meta(title=N_("使用的语言（非普通话时）"), max_length=30, extra={"suggestions": LANGUAGES})]
        | None
    ) = None
    health: (
        Annotated[
            str, Meta(title=N_("健康情况"), description=N_("办理确有需要时才填"), max_length=200, extra={"rare": True})
        ]
        | None
    ) = None
    poor_household: Annotated[bool, Meta(title=N_("登记在册的困难户（凭证据）"), extra={"rare": True})] = False
    poor_evidence: Annotated[str, Meta(title=N_("困难户的证据"), max_length=200, extra={"rare": True})] | None = None
    poor_since: Annotated[date, Meta(title=N_("困难户认定日期"), extra={"rare": True})] | None = None
    poor_until: Annotated[date, Meta(title=N_("困难户认定截止日"), extra={"rare": True})] | None = None
    guardian_name: (
        Annotated[
            str, Meta(title=N_("监护人姓名"), description=N_("未成年人等的监护人"), max_length=80, extra={"rare": True})
        ]
        | None
    ) = None
    guardian_relation: Annotated[Bond, Meta(title=N_("监护关系"), extra={"rare": True})] | None = None
    guardian_telephone: Annotated[str, Meta(title=N_("监护人电话"), max_length=30, extra={"rare": True})] | None = None
    unit_kind: Annotated[UnitKind, Meta(title=N_("单位类别"), extra={"rare": True})] | None = None
    uscc: (
        Annotated[str, Meta(title=N_("统一社会信用代码"), max_length=30, extra={"rare": True, "compact": True})] | None
    ) = None
    legal_representative: (
        Annotated[str, Meta(title=N_("法定代表人或者负责人"), max_length=80, extra={"rare": True})] | None
    ) = None
    representative: Annotated[bool, Meta(title=N_("推选为代表"))] = False


class OtherSideRow(Struct, frozen=True, kw_only=True):
    """The other side. It learns nothing before the petitioner's recorded consent (N3)."""

    kind: Annotated[SideKind, Meta(title=N_("类别"))]
    name: Annotated[str, Meta(title=N_("名称（姓名）"), min_length=1, max_length=120)]
    unit_kind: Annotated[UnitKind, Meta(title=N_("单位类别"))] | None = None
    uscc: Annotated[str, Meta(title=N_("统一社会信用代码"), max_length=30, extra={"compact": True})] | None = None
    legal_representative: Annotated[str, Meta(title=N_("法定代表人或者负责人"), max_length=80)] | None = None
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18, extra={"compact": True})] | None = None
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
    visit: Annotated[Visit, Meta(title=N_("信访形式"), description=N_("不选的，按人数为个人或多人走访"))] | None = None
    held_at: (
        Annotated[datetime, Meta(title=N_("接谈（收信）时间"), description=N_("不填为现在；深入基层的必填"))] | None
    ) = None
    held_place: (
        Annotated[str, Meta(title=N_("接谈地点"), description=N_("深入基层的必填，如某村某组"), max_length=200)] | None
    ) = None
    companions: (
        Annotated[str, Meta(title=N_("参加接谈的其他工作人员"), max_length=200, extra={"rare": True})] | None
    ) = None
    source: Annotated[Source, Meta(title=N_("来源"))]
    feed: (
        Annotated[
            str,
            Meta(
                title=N_("推送信息的平台或单位"),
                description=N_("由公共法律服务平台等推送的填写；只登记纠纷，本人没有申请的不得登记姓名"),
                max_length=120,
                extra={"rare": True},
            ),
        ]
        | None
    ) = None
    feed_purpose: Annotated[str, Meta(title=N_("推送的目的"), max_length=200, extra={"rare": True})] | None = None
    found_at: (
        Annotated[datetime, Meta(title=N_("第一时间发现"), description=N_("排查等先发现的填写"), extra={"rare": True})]
        | None
    ) = None
    campaign_id: Annotated[int, Meta(title=N_("专项行动"), extra={"options": "campaigns", "rare": True})] | None = None
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
        Meta(title=N_("信访人"), description=N_("逐一登记；代表不超过5人"), max_length=LONGEST_JOINT),
    ] = []
    interpreting: Annotated[Interpreting, Meta(title=N_("语言和翻译"))] | None = None
    interpreter: Annotated[str, Meta(title=N_("翻译人员"), max_length=80)] | None = None
    visited_unit: Annotated[str, Meta(title=N_("被访单位"), max_length=120)] | None = None
    other_side: Annotated[list[OtherSideRow], Meta(title=N_("另一方当事人"), max_length=50)] = []
    statement: Annotated[
        str, Meta(title=N_("陈述"), min_length=2, max_length=20000, extra={"widget": "textarea", "lines": 8})
    ]
    oral: Annotated[bool, Meta(title=N_("口头陈述，如实记录"))] = False
    read_back: Annotated[bool, Meta(title=N_("已宣读（翻译）并经确认无误"))] = False
    read_back_by: Annotated[str, Meta(title=N_("宣读人"), description=N_("不填为登记人"), max_length=80)] | None = None
    read_back_language: (
        Annotated[
            str,
            Meta(
                title=N_("宣读所用语言"),
                description=N_("不填为普通话"),
                max_length=30,
                extra={"suggestions": LANGUAGES},
            ),
        ]
        | None
    ) = None
    materials: Annotated[
        list[MaterialRow], Meta(title=N_("材料清单"), description=N_("缺材料不影响登记"), max_length=200)
    ] = []
    claims: Annotated[list[ClaimRow], Meta(title=N_("诉求"), min_length=1, max_length=50)]
    advice: (
        Annotated[str, Meta(title=N_("已作的法律咨询解答"), max_length=4000, extra={"widget": "textarea"})] | None
    ) = None
    calming: Annotated[str, Meta(title=N_("疏导情况"), max_length=2000, extra={"widget": "textarea"})] | None = None
    privacy_notice: Annotated[bool, Meta(title=N_("已告知个人信息的处理者、目的、种类和权利"))] = False
