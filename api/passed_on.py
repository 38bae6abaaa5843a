"""What a tenant passed on and why, from counters; and which of its former cases the reader may still see."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.language import N_
from handover.passed_cases import PassedCases, passed_cases
from indicators.passed_on import PassedOn, asked_tenant, passed_on

TAG = "handover"


class OfYear(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None
    year: Annotated[int, Meta(title=N_("年份，默认今年"), ge=2000, le=9999)] | None = None


class OfCases(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None


async def counts(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfYear)
    return respond(answer(await passed_on(session, subject, given.tenant_id, given.year)))


async def cases(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfCases)
    tenant = await asked_tenant(session, subject, given.tenant_id)
    return respond(answer(await passed_cases(session, subject, tenant.id, given.after)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/handover/passed-on",
        name="passedOn",
        tag=TAG,
        title=N_("移交去向：移出多少、为何、停留几天，被退回的，回到原单位的"),
        help=N_("按移出时的单位和当时的隶属计；空值表示少于 5，不显示；不排名次"),
        handler=counts,
        query=OfYear,
        answer=PassedOn,
    ),
    Endpoint(
        method="GET",
        path="/handover/passed-on/cases",
        name="passedOnCases",
        tag=TAG,
        title=N_("一个单位移出、现仍可查看状态的案件"),
        handler=cases,
        query=OfCases,
        answer=PassedCases,
    ),
)
