"""Counts by tenant and by kind of dispute, from counters; small numbers are hidden from those who only count."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.language import N_
from indicators.disputes import DisputeRow, disputes
from indicators.overview import Overview, overview
from indicators.suitable import Aims, aims

TAG = "overview"


class OfTenant(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None


async def counts(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await overview(session, subject, query(request, OfTenant).tenant_id)))


async def of_aims(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await aims(session, subject, query(request, OfTenant).tenant_id)))


async def by_dispute(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await disputes(session, subject, query(request, OfTenant).tenant_id)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/overview",
        name="overview",
        tag=TAG,
        title=N_("概览：本级与各下级的案件数"),
        help=N_("逐级下钻：以下级的 tenant_id 再问一次；空值表示少于 5，不显示"),
        handler=counts,
        query=OfTenant,
        answer=Overview,
    ),
    Endpoint(
        method="GET",
        path="/overview/aims",
        name="overviewAims",
        tag=TAG,
        title=N_("适合调解并已受理的案件：按年比较，尚未化解的按已历时间"),
        help=N_("只计适合人民调解并已受理的纠纷，不计信访的数量、层级和去向，不排名次。"),
        handler=of_aims,
        query=OfTenant,
        answer=Aims,
    ),
    Endpoint(
        method="GET",
        path="/overview/disputes",
        name="overviewDisputes",
        tag=TAG,
        title=N_("各类纠纷的件数（按发生地）"),
        handler=by_dispute,
        query=OfTenant,
        answer=list[DisputeRow],
    ),
)
