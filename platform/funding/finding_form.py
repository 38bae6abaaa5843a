"""What a finding of responsibility says, and what it must rest on (gap q of the payer table)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from foundation.language import N_
from funding.words import Basis, Fault, PoorCategory, Producer


class ShareRow(Struct, frozen=True, kw_only=True):
    """One of several responsible parties; who pays its share is decided again by itself."""

    kind: Annotated[Producer, Meta(title=N_("类别"))]
    name: Annotated[str, Meta(title=N_("名称"), description=N_("只填单位名称，个人不填姓名"), max_length=120)] = ""
    percent: Annotated[int, Meta(title=N_("份额（百分之）"), ge=1, le=99)]
    stopped: Annotated[bool, Meta(title=N_("企业已停产、停业"))] = False
    unable_proof: Annotated[str, Meta(title=N_("企业无力承担的证据"), max_length=300)] | None = None
    is_party: Annotated[bool, Meta(title=N_("企业本身是当事人"))] = False
    undertaking: Annotated[bool, Meta(title=N_("企业的书面承诺或者村集体的决议"))] = False


class FindingForm(Struct, frozen=True, kw_only=True):
    """Empty = this finding does not say; the latest finding that says it prevails."""

    basis: Annotated[Basis, Meta(title=N_("认定依据"))]
    reference: Annotated[str, Meta(title=N_("文号和条款"), min_length=2, max_length=200)]
    proof: (
        Annotated[
            UUID,
            Meta(title=N_("依据文件"), description=N_("协议、会商记录已在卷，其他须附件"), extra={"widget": "file"}),
        ]
        | None
    ) = None
    producer: Annotated[Producer, Meta(title=N_("责任主体"), description=N_("产生问题的是谁"))] | None = None
    unit_name: (
        Annotated[str, Meta(title=N_("责任主体名称"), description=N_("只填单位名称，个人不填姓名"), max_length=120)]
        | None
    ) = None
    has_successor: Annotated[bool, Meta(title=N_("已撤销、合并的，有承继单位"))] | None = None
    successor: Annotated[Producer, Meta(title=N_("承继单位的性质"))] | None = None
    stopped: Annotated[bool, Meta(title=N_("企业已停产、停业"))] | None = None
    unable: Annotated[bool, Meta(title=N_("企业无力承担"))] | None = None
    unable_proof: Annotated[str, Meta(title=N_("企业无力承担的证据"), max_length=300)] | None = None
    resolution: Annotated[bool, Meta(title=N_("有村集体承担费用的决议"))] | None = None
    shares: Annotated[
        list[ShareRow], Meta(title=N_("分担份额"), description=N_("多个责任方时填写，合计百分之百"), max_length=10)
    ] = []
    fault: (
        Annotated[Fault, Meta(title=N_("责任（过错）方"), description=N_("公证、鉴定、诉讼等费用由其承担"))] | None
    ) = None
    fault_party: (
        Annotated[UUID, Meta(title=N_("过错方是哪一方当事人"), extra={"options": "parties_by_number"})] | None
    ) = None
    poor_category: (
        Annotated[PoorCategory, Meta(title=N_("过错个人是否困难群体"), description=N_("只凭有日期的证据"))] | None
    ) = None
    poor_from: Annotated[date, Meta(title=N_("困难认定起始日"))] | None = None
    poor_until: Annotated[date, Meta(title=N_("困难认定截止日"))] | None = None
    team_at_fault: Annotated[bool, Meta(title=N_("协议无效、未履行的，专调小组有过错"))] | None = None
