"""The form of record-referral, and what a rule of one channel gets to look at."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.parties import Party
from dossiers.referrals import Channel, Matter, ReferralResult
from foundation.language import N_


class ReferralForm(Struct, frozen=True, kw_only=True):
    channel: Annotated[Channel, Meta(title=N_("途径"))]
    applicants: Annotated[
        list[UUID], Meta(title=N_("申请人"), min_length=1, max_length=200, extra={"options": "parties"})
    ]
    own_application: Annotated[
        bool, Meta(title=N_("由当事人本人提出申请"), description=N_("工作室只引导，不代为申请，也不移送案件"))
    ]
    organ: Annotated[str, Meta(title=N_("受理机关或机构"), min_length=2, max_length=120)]
    applied_on: Annotated[date, Meta(title=N_("申请日期"))]
    last_day: Annotated[date, Meta(title=N_("该途径的最后一日"), description=N_("已知的才填"))] | None = None
    receipt_no: (
        Annotated[str, Meta(title=N_("回执编号"), description=N_("尚未取得的，登记结果时补填"), max_length=80)] | None
    ) = None
    result: Annotated[ReferralResult, Meta(title=N_("结果"))] = ReferralResult.PENDING
    terms: Annotated[
        list[UUID],
        Meta(
            title=N_("公证的给付条款"),
            description=N_("公证债权文书只能就给付部分办理"),
            max_length=400,
            extra={"options": "agreement_terms"},
        ),
    ] = []
    notary: Annotated[UUID, Meta(title=N_("承办公证员"), extra={"options": "notaries"})] | None = None
    notary_outside: Annotated[bool, Meta(title=N_("承办公证员未在本平台登记，也不是本案小组成员"))] = False
    matter: Annotated[Matter, Meta(title=N_("申请司法确认的内容"), description=N_("只在申请司法确认时填写"))] | None = (
        None
    )
    ahead: Annotated[
        bool,
        Meta(
            title=N_("本人请求先行提供法律援助"),
            description=N_("只用于法律援助：距法定时效或者期限届满不足七日（法律援助法第44条）"),
        ),
    ] = False


class Asked(Struct, frozen=True):
    """One referral about to be recorded."""

    session: AsyncSession
    case: Case
    form: ReferralForm
    applicants: tuple[Party, ...]
