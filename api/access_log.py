"""Who looked at a case: for the line of the case with names, for the petitioner without; and how often, by month."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from access.looks_extract import Extract, extract_of
from access.looks_reading import LARGEST, SIZE, LogPage, log_of
from api.admitted import admitted
from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheStore, TheSubject
from api.petitioner import Receipt
from api.requests import body, query
from foundation.language import N_
from indicators.access_counts import AccessCounts, access_counts

TAG = "access"


class LogQuery(Struct, frozen=True, kw_only=True):
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=LARGEST)] = SIZE


class CountsQuery(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None
    month: Annotated[str, Meta(title=N_("月份，默认本月"), max_length=7, examples=["2026-03"])] | None = None


async def log(request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    given = query(request, LogQuery)
    _, found = await log_of(session, subject, case_id, given.after, given.size)
    return respond(answer(found))


async def own(request: AnyRequest, store: TheStore) -> Response[bytes]:
    """A wrong number and a wrong code are the same 404."""
    given = await body(request, Receipt)
    case_id, subject = await admitted(request, store, given)
    async with store.scoped(subject.scope) as session:
        found = await extract_of(session, subject, case_id)
    return respond(answer(found))


async def counts(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, CountsQuery)
    return respond(answer(await access_counts(session, subject, given.tenant_id, given.month)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/access-log",
        name="accessLog",
        tag=TAG,
        title=N_("谁看过本案：每次打开和每次查看当事人信息，新的在前"),
        handler=log,
        query=LogQuery,
        answer=LogPage,
    ),
    Endpoint(
        method="POST",
        path="/petitioner/access-log",
        name="petitionerAccessLog",
        tag="petitioner",
        title=N_("信访人查询谁看过本人案件"),
        help=N_("凭登记号和回执查询码；列出机构、身份、目的，不列工作人员姓名"),
        handler=own,
        body=Receipt,
        answer=Extract,
        public=True,
        limited=True,
    ),
    Endpoint(
        method="GET",
        path="/access-counts",
        name="accessCounts",
        tag=TAG,
        title=N_("每月查阅统计：查看、比对、申请、批准"),
        help=N_("供上一级每月核查；小于 5 的数不显示，不能由数查到人"),
        handler=counts,
        query=CountsQuery,
        answer=AccessCounts,
    ),
)
