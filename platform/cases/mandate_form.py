"""What is written down about who acts for a party: an agent by its written mandate, a guardian by law."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.choice import Choice
from foundation.language import N_


class Capacity(Choice):
    """民法典 161–165; a chosen representative of a visit (条例20(3)) is none of these (domain.md 13.1-10)."""

    GENERAL = "general", N_("一般代理（到场、陈述、转交和领取材料）")
    SPECIAL = "special", N_("特别授权代理（含表示同意、签订协议）")
    GUARDIAN = "guardian", N_("监护人（法定代理人）")


class Bond(Choice):
    """How the one who acts stands to the party."""

    PARENT = "parent", N_("父母")
    GRANDPARENT = "grandparent", N_("祖父母、外祖父母")
    SPOUSE = "spouse", N_("配偶")
    CHILD = "child", N_("子女")
    SIBLING = "sibling", N_("兄、姐")
    COMMUNITY = "community", N_("居（村）民委员会、民政部门")
    STAFF = "staff", N_("本单位工作人员")
    LAWYER = "lawyer", N_("律师")
    LEGAL_WORKER = "legal_worker", N_("基层法律服务工作者")
    OTHER = "other", N_("其他人")


class Ground(Choice):
    """Why somebody has a guardian."""

    MINOR = "minor", N_("未成年")
    INCAPABLE = "incapable", N_("无民事行为能力")
    LIMITED = "limited", N_("限制民事行为能力")


class MandateForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("被代理的当事人"), extra={"options": "parties"})]
    capacity: Annotated[
        Capacity, Meta(title=N_("代理种类"), description=N_("推选的代表不当然是代理人，签约须有本人特别授权"))
    ]
    name: Annotated[str, Meta(title=N_("代理人、监护人姓名"), min_length=1, max_length=80)]
    bond: Annotated[Bond, Meta(title=N_("与当事人的关系"))]
    id_number: Annotated[str, Meta(title=N_("公民身份号码"), max_length=18, extra={"compact": True})] | None = None
    telephone: Annotated[str, Meta(title=N_("电话"), max_length=30)] | None = None
    written: Annotated[
        bool, Meta(title=N_("已核对书面授权委托书（监护人：已核对关系证明）"), description=N_("民法典第165条"))
    ] = False
    given_on: Annotated[date, Meta(title=N_("授权委托书日期"), description=N_("监护人可不填"))] | None = None
    matters: (
        Annotated[
            str,
            Meta(title=N_("授权事项"), description=N_("代理人必填"), max_length=1000, extra={"widget": "textarea"}),
        ]
        | None
    ) = None
    ends_on: Annotated[date, Meta(title=N_("授权截止日"), description=N_("不填为至本案办结"))] | None = None
    ground: Annotated[Ground, Meta(title=N_("监护事由"), description=N_("监护人必填"))] | None = None
    basis: (
        Annotated[
            str,
            Meta(
                title=N_("监护依据"), description=N_("户口簿、出生证明、判决或者居（村）民委员会证明"), max_length=200
            ),
        ]
        | None
    ) = None


class MandatePaper(Struct, frozen=True, kw_only=True):
    """What the dossier keeps of it. Who it names is worded from the mandate, as far as the reader may see names."""

    mandate_id: Annotated[UUID, Meta(title=N_("代理人、监护人姓名"))]
    capacity: Annotated[Capacity, Meta(title=N_("代理种类"))]
    bond: Annotated[Bond, Meta(title=N_("与当事人的关系"))]
    given_on: Annotated[date | None, Meta(title=N_("授权委托书日期"))] = None
    matters: Annotated[str | None, Meta(title=N_("授权事项"))] = None
    ends_on: Annotated[date | None, Meta(title=N_("授权截止日"))] = None
    ground: Annotated[Ground | None, Meta(title=N_("监护事由"))] = None
    basis: Annotated[str | None, Meta(title=N_("监护依据"))] = None


class RevocationForm(Struct, frozen=True, kw_only=True):
    mandate_id: Annotated[UUID, Meta(title=N_("撤销的授权"), extra={"options": "mandates"})]
