"""The tree and who works there, as the office shows it: read-only, and of the administrator's own subtree alone.

The views of 0016_office leave out what lies beside or above. People stand here with name and profession, accounts
with their login: no contact, no identity, no password.
"""

from typing import Any, ClassVar

from piccolo.columns import UUID, Date, ForeignKey, Integer, Timestamp, Varchar
from piccolo.columns.readable import Readable
from piccolo.table import Table

from admin.choices import choices
from admin.engine import ENGINE
from foundation.language import N_
from tenants.roles import PROFESSIONS, ROLE_NAMES
from tenants.tiers import OFFICE_NAMES, TIER_NAMES

POST_STATES = {
    "waiting": N_("待确认"),
    "in_force": N_("在任"),
    "ended": N_("已结束"),
    "unconfirmed": N_("未获确认"),
}
KINDS = {"division": N_("行政区划"), "zone": N_("功能区")}
SPOKEN = {"zh": N_("中文"), "en": N_("英文")}


class Tenant(
    Table,
    tablename="subtree_tenants",
    db=ENGINE,
    help_text=N_("本级及以下的单位。只供查看：区划变动须经“区划调整”方案"),
):
    title: ClassVar[str] = N_("单位名册")
    titles: ClassVar[dict[str, str]] = {
        "id": N_("编号"),
        "parent_id": N_("上级"),
        "tier": N_("层级"),
        "kind": N_("类别"),
        "name": N_("名称"),
        "county_code": N_("案号用区划代码"),
        "valid_from": N_("设立日期"),
        "valid_to": N_("撤销日期"),
    }

    id = Integer(primary_key=True, help_text=N_("单位编号，表单里可用"))
    parent_id: ForeignKey[Any] = ForeignKey("self", null=True, help_text=N_("上级单位"))
    tier = Varchar(length=1, choices=choices(TIER_NAMES), help_text=N_("省、州市、县市区、乡镇街道"))
    kind = Varchar(length=None, choices=choices(KINDS), help_text=N_("行政区划或功能区"))
    name = Varchar(length=None, help_text=N_("单位名称"))
    county_code = Varchar(length=None, null=True, help_text=N_("六位，写在案号里"))
    valid_from = Date(help_text=N_("自何日起"))
    valid_to = Date(null=True, help_text=N_("自何日起不再存在，空 = 仍在"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s（%s）", columns=[cls.name, cls.id])


class Office(
    Table,
    tablename="subtree_offices",
    db=ENGINE,
    help_text=N_("本级及以下的机构。只供查看：设立、撤销用左侧的表单"),
):
    title: ClassVar[str] = N_("机构名册")
    titles: ClassVar[dict[str, str]] = {
        "id": N_("编号"),
        "tenant_id": N_("单位"),
        "kind": N_("类别"),
        "name": N_("名称"),
        "committee_id": N_("派驻的调委会"),
        "valid_from": N_("设立日期"),
        "valid_to": N_("撤销日期"),
    }

    id = Integer(primary_key=True, help_text=N_("机构编号，表单里可用"))
    tenant_id = ForeignKey(Tenant, null=False, help_text=N_("所属单位"))
    kind = Varchar(length=None, choices=choices(OFFICE_NAMES), help_text=N_("机构的类别"))
    name = Varchar(length=None, help_text=N_("机构名称"))
    committee_id: ForeignKey[Any] = ForeignKey("self", null=True, help_text=N_("派驻的人民调解委员会"))
    valid_from = Date(help_text=N_("自何日起"))
    valid_to = Date(null=True, help_text=N_("自何日起不再存在，空 = 仍在"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s（%s）", columns=[cls.name, cls.id])


class Person(
    Table,
    tablename="subtree_persons",
    db=ENGINE,
    help_text=N_("在本级及以下有过岗位的人员，只有姓名和职业。只供查看：新人员用左侧的表单邀请"),
):
    title: ClassVar[str] = N_("人员名册")
    titles: ClassVar[dict[str, str]] = {"id": N_("编号"), "name": N_("姓名"), "profession": N_("职业")}

    id = UUID(primary_key=True, help_text=N_("人员编号，表单里可用"))
    name = Varchar(length=None, help_text=N_("人员姓名"))
    profession = Varchar(length=None, null=True, choices=choices(PROFESSIONS), help_text=N_("执业或聘任的身份"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Post(
    Table,
    tablename="subtree_posts",
    db=ENGINE,
    help_text=N_("本级及以下的岗位：谁在哪个机构做什么。只供查看：设岗、撤岗用左侧的表单"),
):
    title: ClassVar[str] = N_("岗位名册")
    titles: ClassVar[dict[str, str]] = {
        "id": N_("编号"),
        "person_id": N_("人员"),
        "office_id": N_("机构"),
        "role": N_("岗位"),
        "since": N_("任职自"),
        "until": N_("任职至"),
        "state": N_("状态"),
        "reason": N_("未获确认的理由"),
    }

    id = UUID(primary_key=True, help_text=N_("岗位编号"))
    person_id = ForeignKey(Person, null=False, help_text=N_("谁"))
    office_id = ForeignKey(Office, null=False, help_text=N_("在哪个机构"))
    role = Varchar(length=None, choices=choices(ROLE_NAMES), help_text=N_("做什么"))
    since = Timestamp(null=True, default=None, help_text=N_("自何时起，空 = 未经安全管理员确认"))
    until = Timestamp(null=True, default=None, help_text=N_("至何时止，空 = 在任"))
    state = Varchar(length=None, choices=choices(POST_STATES), help_text=N_("待确认的岗位还没有任何权限"))
    reason = Varchar(length=None, null=True, help_text=N_("安全管理员写的"))


class Account(
    Table,
    tablename="subtree_accounts",
    db=ENGINE,
    help_text=N_("本级及以下人员的账号，没有口令。只供查看：邀请、停用、启用用左侧的表单"),
):
    title: ClassVar[str] = N_("账号名册")
    titles: ClassVar[dict[str, str]] = {
        "id": N_("编号"),
        "person_id": N_("人员"),
        "login": N_("登录名"),
        "language": N_("语言"),
        "locked_until": N_("锁定至"),
        "disabled_at": N_("停用时间"),
    }

    id = UUID(primary_key=True, help_text=N_("账号编号"))
    person_id = ForeignKey(Person, null=False, help_text=N_("谁的账号"))
    login = Varchar(length=None, help_text=N_("登录名，表单里可用"))
    language = Varchar(length=None, choices=choices(SPOKEN), help_text=N_("页面的语言"))
    locked_until = Timestamp(null=True, default=None, help_text=N_("口令错误过多，到这时才能再试"))
    disabled_at = Timestamp(null=True, default=None, help_text=N_("自何时停用，空 = 可用"))


TREE: tuple[type[Table], ...] = (Tenant, Office, Person, Post, Account)
