"""What is typed about a year's budget."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from foundation.choice import Choice
from foundation.language import N_
from funding.purposes import Purpose

LARGEST_FEN = 100_000_000_000

Yuan = Annotated[int, Meta(ge=0, le=LARGEST_FEN, extra={"widget": "money"})]


class ItemForm(Struct, frozen=True, kw_only=True):
    """In fen; each yuan stands in one of the two places (obligation 50a)."""

    purpose: Annotated[Purpose, Meta(title=N_("用途"))]
    fiscal_fen: Annotated[Yuan, Meta(title=N_("列入同级财政预算"))]
    departmental_fen: Annotated[Yuan, Meta(title=N_("列入司法行政机关部门预算"))]
    reason: Annotated[str, Meta(title=N_("与上年实际支出不同的理由"), min_length=2, max_length=400)] | None = None


class RequestForm(Struct, frozen=True, kw_only=True):
    year: Annotated[int, Meta(title=N_("年度"), ge=2018, le=2199)]
    items: Annotated[
        list[ItemForm],
        Meta(
            title=N_("各项预算"),
            description=N_("专款专用，每个用途一行；首年核定，以后各年按上年实际支出，不同的须说明理由"),
            min_length=1,
            max_length=len(Purpose),
        ),
    ]
    reason: Annotated[str, Meta(title=N_("申请理由"), min_length=2, max_length=2000, extra={"widget": "textarea"})]


class Reply(Choice):
    APPROVE = "approve", N_("批复")
    REFUSE = "refuse", N_("不予批复")


class GrantForm(Struct, frozen=True, kw_only=True):
    purpose: Annotated[Purpose, Meta(title=N_("用途"))]
    fiscal_fen: Annotated[Yuan, Meta(title=N_("核定列入同级财政预算"))]
    departmental_fen: Annotated[Yuan, Meta(title=N_("核定列入部门预算"))]


class ReplyForm(Struct, frozen=True, kw_only=True):
    answer: Annotated[Reply, Meta(title=N_("批复意见"))]
    document_no: Annotated[str, Meta(title=N_("批复文号"), min_length=2, max_length=80)]
    grants: Annotated[
        list[GrantForm],
        Meta(title=N_("核定数"), description=N_("不写的按申请数核定；核定数不得超过申请数"), max_length=len(Purpose)),
    ] = []
    reply: Annotated[str, Meta(title=N_("说明"), max_length=1000, extra={"widget": "textarea"})] | None = None


class SettingForm(Struct, frozen=True, kw_only=True):
    carry_over: Annotated[bool, Meta(title=N_("年末结余结转下年"), description=N_("文件没有规定结转，默认不结转"))]
    valid_from: Annotated[date, Meta(title=N_("生效日期"))]
    document_no: Annotated[str, Meta(title=N_("依据的资金管理办法文号"), min_length=2, max_length=80)]
    reason: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=400)]


class CloseForm(Struct, frozen=True, kw_only=True):
    year: Annotated[int, Meta(title=N_("年度"), ge=2018, le=2199)]
