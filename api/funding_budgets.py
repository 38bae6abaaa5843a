"""A year's budget: lines, the entries behind them, joint requests, the setting of carry-over, the close of a year."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from funding.budget_close import close_year, set_carry_over
from funding.budget_forms import CloseForm, ReplyForm, RequestForm, SettingForm
from funding.budget_lines import MovementKind
from funding.budget_reading import LineEntries, YearBudget, line_entries, year_budget
from funding.budget_request_reading import Proposal, RequestView, proposals, request_view
from funding.budget_requests import decide, request_budget, sign, withdraw

TAG = "funding"
HERE = "/funding/budgets"
REQUEST = HERE + "/requests/{request_id:uuid}"


class OfBudget(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None
    year: Annotated[int, Meta(title=N_("年份，默认今年"), ge=2000, le=2199)] | None = None


class OfEntries(Struct, frozen=True, kw_only=True):
    kind: Annotated[MovementKind, Meta(title=N_("只看这一种变动"))] | None = None
    after: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None


class OfProposal(Struct, frozen=True, kw_only=True):
    year: Annotated[int, Meta(title=N_("年度"), ge=2000, le=2199)]


class Closed(Struct, frozen=True):
    year: int
    carried: bool


class SettingKept(Struct, frozen=True):
    id: int
    carry_over: bool


async def of_year(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, OfBudget)
    return respond(answer(await year_budget(session, subject, given.tenant_id, given.year)))


async def entries(request: AnyRequest, session: TheSession, subject: TheSubject, line_id: PathId) -> Response[bytes]:
    given = query(request, OfEntries)
    return respond(answer(await line_entries(session, subject, line_id, given.kind, given.after)))


async def proposed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await proposals(session, subject, query(request, OfProposal).year)))


async def one(session: TheSession, subject: TheSubject, request_id: PathId) -> Response[bytes]:
    return respond(answer(await request_view(session, subject, request_id)))


async def ask(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, RequestForm)

    async def produce() -> Answer:
        made = await request_budget(session, subject, form)
        return answer(await request_view(session, subject, made.id), status=201)

    return await once(request, session, subject, produce)


async def sign_it(session: TheSession, subject: TheSubject, request_id: PathId) -> Response[bytes]:
    await sign(session, subject, request_id)
    return respond(answer(await request_view(session, subject, request_id)))


async def withdraw_it(session: TheSession, subject: TheSubject, request_id: PathId) -> Response[bytes]:
    await withdraw(session, subject, request_id)
    return respond(answer(await request_view(session, subject, request_id)))


async def reply(request: AnyRequest, session: TheSession, subject: TheSubject, request_id: PathId) -> Response[bytes]:
    await decide(session, subject, request_id, await body(request, ReplyForm))
    return respond(answer(await request_view(session, subject, request_id)))


async def keep_setting(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, SettingForm)

    async def produce() -> Answer:
        kept = await set_carry_over(session, subject, form)
        return answer(SettingKept(kept.id, kept.carry_over), status=201)

    return await once(request, session, subject, produce)


async def close(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    form = await body(request, CloseForm)
    return respond(answer(Closed(form.year, await close_year(session, subject, form))))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="budgets", tag=TAG, title=N_("一个年度的预算：各项、占用、支出、下级合计"),
        handler=of_year, query=OfBudget, answer=YearBudget,
    ),
    Endpoint(
        method="GET", path=HERE + "/lines/{line_id:uuid}/entries", name="budgetEntries", tag=TAG,
        title=N_("一项预算的明细，新的在前"), handler=entries, query=OfEntries, answer=LineEntries,
    ),
    Endpoint(
        method="GET", path=HERE + "/proposal", name="budgetProposal", tag=TAG,
        title=N_("按上年实际支出提出的建议数；首年没有"), handler=proposed, query=OfProposal, answer=list[Proposal],
    ),
    Endpoint(
        method="POST", path=HERE + "/requests", name="requestBudget", tag=TAG, title=N_("联合申请预算"),
        handler=ask, body=RequestForm, answer=RequestView, status=201, once=True, refuses=(409,),
    ),
    Endpoint(
        method="GET", path=REQUEST, name="budgetRequest", tag=TAG, title=N_("一份预算申请"), handler=one,
        answer=RequestView,
    ),
    Endpoint(
        method="POST", path=REQUEST + "/sign", name="signBudgetRequest", tag=TAG,
        title=N_("一方组长会签；两方都会签后送财政"), handler=sign_it, answer=RequestView, refuses=(409,),
    ),
    Endpoint(
        method="POST", path=REQUEST + "/withdraw", name="withdrawBudgetRequest", tag=TAG,
        title=N_("撤回预算申请"), handler=withdraw_it, answer=RequestView, refuses=(409,),
    ),
    Endpoint(
        method="POST", path=REQUEST + "/reply", name="replyBudgetRequest", tag=TAG, title=N_("财政批复"),
        handler=reply, body=ReplyForm, answer=RequestView, refuses=(409,),
    ),
    Endpoint(
        method="POST", path=HERE + "/settings", name="budgetSetting", tag=TAG, title=N_("结余是否结转下年"),
        handler=keep_setting, body=SettingForm, answer=SettingKept, status=201, once=True,
    ),
    Endpoint(
        method="POST", path=HERE + "/close", name="closeBudgetYear", tag=TAG, title=N_("一个年度的预算关账"),
        handler=close, body=CloseForm, answer=Closed, refuses=(409,),
    ),
)  # fmt: skip
