"""Cases: the list, one case, registering one."""

from typing import Annotated, Any

import msgspec
from litestar import Response
from msgspec import Meta, Struct

from api.answers import JSON, AnyRequest, answer, respond
from api.case_view import CaseView, case_view
from api.endpoint import PREFIX, Endpoint
from api.given import PathId, TheCatalogue, TheReading, TheSession, TheSubject
from api.requests import body, once, query
from cases.filters import Filters, Sort
from cases.lists import CaseRow, page
from cases.lookup import by_number
from cases.register import Registered, register
from cases.registered_parties import Receipt
from cases.registration_form import RegistrationForm
from cases.registration_words import said_at
from foundation.choice import Choice
from foundation.errors import NotFound
from foundation.idempotency import Answer
from foundation.language import N_, current_language, translate
from policies import gate
from policies.actions import Action

TAG = "cases"


class Handler(Choice):
    ME = "me", N_("本人承办")


class Which(Choice):
    OPEN = "open", N_("在办")
    ALL = "all", N_("全部")


class ListQuery(Struct, frozen=True, kw_only=True):
    step: Annotated[int, Meta(title=N_("步骤"), ge=1, le=8)] | None = None
    case_class: Annotated[str, Meta(title=N_("案件类别"), max_length=20)] | None = None
    dispute_type: Annotated[int, Meta(title=N_("纠纷类型"), ge=0, le=32767)] | None = None
    handler: Annotated[Handler | None, Meta(title=N_("承办人"))] = None
    state: Annotated[Which, Meta(title=N_("状态"))] = Which.ALL
    sort: Annotated[Sort, Meta(title=N_("排序"))] = Sort.FILED
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=100)] = 50


class NumberQuery(Struct, frozen=True, kw_only=True):
    number: Annotated[str, Meta(title=N_("登记号或案号"), min_length=1, max_length=60)]


class CasePage(Struct, frozen=True):
    """`after` is the value of the same parameter for the next page; null = the last page. There is no count.
    `window`: the filters looked at so many of the newest cases only; null = at all of them."""

    rows: list[CaseRow]
    after: str | None
    window: int | None


class Warning(Struct, frozen=True):
    """Worth a second look at one field; it held nothing up."""

    field: str
    rule: str
    message: str


class RegisteredView(Struct, frozen=True):
    """`receipts` hold the codes of the petitioners' own page; they are shown this once.

    `same_matter_pending`: offices to contact, where the same matter of the same person is pending; a hint, never a bar.
    `notices`: what is to be said to the petitioners in words.
    """

    case: CaseView
    receipts: list[Receipt]
    same_matter_pending: list[str]
    notices: list[str]
    warnings: list[Warning]


async def list_cases(request: AnyRequest, reading: TheReading, subject: TheSubject) -> Response[bytes]:
    given = query(request, ListQuery)
    filters = Filters(
        step=given.step,
        case_class=given.case_class,
        dispute_type=given.dispute_type,
        mine=given.handler is Handler.ME,
        open_only=given.state is Which.OPEN,
        sort=given.sort,
    )
    found = await page(reading, subject, filters, given.after, size=given.size)
    shown = CasePage(found.rows, found.after, found.window)
    return Response(msgspec.json.encode(shown), media_type=JSON)  # its instants are in the zone of Yunnan already


async def one_case(
    session: TheSession, subject: TheSubject, catalogue: TheCatalogue, case_id: PathId
) -> Response[bytes]:
    case, may = await gate.fetch_with_permissions(session, subject, Action.CASE_STATUS, case_id)
    return respond(answer(await case_view(session, subject, catalogue, case, may), version=case.version))


async def case_by_number(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue
) -> Response[bytes]:
    """The number is exact: there is no search across cases."""
    case_id = await by_number(session, subject, query(request, NumberQuery).number)
    if case_id is None:
        raise NotFound
    return await one_case(session, subject, catalogue, case_id)


async def register_case(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue
) -> Response[Any]:
    form = await body(request, RegistrationForm)

    async def produce() -> Answer:
        registered = await register(session, subject, form)
        case = registered.case
        shown = await case_view(session, subject, catalogue, case, registered.may)
        view = _registered(registered, shown)
        place = {"Location": f"{PREFIX}/cases/{case.id}"}
        return answer(view, status=201, version=case.version, headers=place)

    return await once(request, session, subject, produce)


def _registered(registered: Registered, shown: CaseView) -> RegisteredView:
    language = current_language.get()
    return RegisteredView(
        case=shown,
        receipts=list(registered.receipts),
        same_matter_pending=list(registered.pending_at),
        notices=[translate(said, **about) for said, about in said_at(registered)],
        warnings=[Warning(one.field, one.rule, one.text(language)) for one in registered.warnings],
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/cases",
        name="listCases",
        tag=TAG,
        title=N_("案件列表"),
        help=N_("只列出您的岗位看得到的案件，按登记时间或到期时间翻页"),
        handler=list_cases,
        query=ListQuery,
        answer=CasePage,
    ),
    Endpoint(
        method="POST",
        path="/cases",
        name="registerCase",
        tag=TAG,
        title=N_("接谈登记"),
        handler=register_case,
        body=RegistrationForm,
        answer=RegisteredView,
        status=201,
        once=True,
    ),
    Endpoint(
        method="GET",
        path="/cases/by-number",
        name="readCaseByNumber",
        tag=TAG,
        title=N_("凭登记号或案号找一个案件"),
        handler=case_by_number,
        query=NumberQuery,
        answer=CaseView,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}",
        name="readCase",
        tag=TAG,
        title=N_("一个案件"),
        help=N_("连同此刻可以办理的事项，以及还缺什么"),
        handler=one_case,
        answer=CaseView,
    ),
)
