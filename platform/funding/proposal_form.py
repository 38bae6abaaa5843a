"""What the team says when it proposes the settlement: points on five grounds, the reasons, and who receives."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.language import N_
from funding.answers import Payer
from funding.scoring import Scores


class RecipientRow(Struct, frozen=True, kw_only=True):
    person_id: Annotated[UUID, Meta(title=N_("领取人"), extra={"options": "subsidy_recipients"})]
    percent: Annotated[int, Meta(title=N_("份额（百分之）"), ge=1, le=100)]


class ProposalForm(Scores, frozen=True, kw_only=True):
    reason: Annotated[
        str,
        Meta(
            title=N_("评分和金额的理由"),
            description=N_("不写姓名、证件号、电话、住址"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]
    asked_fen: (
        Annotated[
            int,
            Meta(
                title=N_("申报金额"),
                description=N_("不填则按评分取定；可以少报，不得超过评分取定的金额"),
                ge=1,
                extra={"widget": "money"},
            ),
        ]
        | None
    ) = None
    year: Annotated[int, Meta(title=N_("列支年度"), description=N_("不填为本年"), ge=2018, le=2199)] | None = None
    settled_elsewhere: Annotated[
        bool, Meta(title=N_("同一纠纷另有立案"), description=N_("同一纠纷拆成数案的，并案后只结算一次"))
    ] = False
    shares: Annotated[
        list[RecipientRow],
        Meta(
            title=N_("领取人和份额"),
            description=N_("合计百分之百，含此前各承办单位的小组成员；公职人员和工作室主任不得领取"),
            min_length=1,
            max_length=20,
        ),
    ]


class ChargeLine(Struct, frozen=True, kw_only=True):
    payer: Annotated[Payer, Meta(title=N_("应付款人"))]
    name: Annotated[str, Meta(title=N_("单位名称"))] | None
    amount_fen: Annotated[int, Meta(title=N_("应付金额"), extra={"widget": "money"})]


class ProposalPaper(ProposalForm, frozen=True, kw_only=True):
    """What the proposal's paper holds: the form, and what the payer table made of it."""

    amount_fen: Annotated[int, Meta(title=N_("结算金额"), extra={"widget": "money"})]
    row: Annotated[str, Meta(title=N_("付款表所依行"))]
    clause: Annotated[str, Meta(title=N_("结算依据条款"))]
    charges: Annotated[list[ChargeLine], Meta(title=N_("付款人和应付金额"))]
