"""Plans that change the tree: drafted by one person, approved by two others, carried out on their day."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query, version_seen
from cases.lists import Page
from cases.tree_cases import cases_held_by
from foundation.errors import VersionRequired
from foundation.idempotency import Answer
from foundation.language import N_
from organisation.tree_drafting import PlanForm, draft_plan
from organisation.tree_plan_reading import PlanRow, PlanView, holding_offices, plan_view, plans
from organisation.tree_words import LONGEST, approve_plan, refuse_plan, withdraw_plan
from tenants.subject import Subject

TAG = "tree"
BY_PERSON = N_("起草人之外的两人先后批准，到生效日期自动执行")


class ReasonForm(Struct, frozen=True):
    reason: Annotated[str, Meta(title=N_("理由"), min_length=2, max_length=LONGEST)]


class Onward(Struct, frozen=True, kw_only=True):
    after: Annotated[str, Meta(title=N_("上一页给出的翻页标记"))] | None = None


class Earlier(Struct, frozen=True, kw_only=True):
    after: Annotated[UUID, Meta(title=N_("上一页最后一份方案的编号"))] | None = None


async def list_plans(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await plans(session, subject, query(request, Earlier).after)))


async def draft(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    form = await body(request, PlanForm)

    async def produce() -> Answer:
        plan = await draft_plan(session, subject, form)
        return await _answer(session, subject, plan.id, status=201)

    return await once(request, session, subject, produce)


async def one(session: TheSession, subject: TheSubject, plan_id: PathId) -> Response[bytes]:
    return respond(await _answer(session, subject, plan_id))


async def cases_of(request: AnyRequest, session: TheSession, subject: TheSubject, plan_id: PathId) -> Response[bytes]:
    offices = await holding_offices(session, subject, plan_id)
    return respond(answer(await cases_held_by(session, subject, offices, query(request, Onward).after)))


async def approve(request: AnyRequest, session: TheSession, subject: TheSubject, plan_id: PathId) -> Response[bytes]:
    await approve_plan(session, subject, plan_id, _version(request))
    return respond(await _answer(session, subject, plan_id))


async def refuse(request: AnyRequest, session: TheSession, subject: TheSubject, plan_id: PathId) -> Response[bytes]:
    form = await body(request, ReasonForm)
    await refuse_plan(session, subject, plan_id, _version(request), form.reason)
    return respond(await _answer(session, subject, plan_id))


async def withdraw(request: AnyRequest, session: TheSession, subject: TheSubject, plan_id: PathId) -> Response[bytes]:
    form = await body(request, ReasonForm)
    await withdraw_plan(session, subject, plan_id, _version(request), form.reason)
    return respond(await _answer(session, subject, plan_id))


def _version(request: AnyRequest) -> int:
    seen = version_seen(request)
    if seen is None:
        raise VersionRequired
    return seen


async def _answer(session: AsyncSession, subject: Subject, plan_id: UUID, *, status: int = 200) -> Answer:
    view = await plan_view(session, subject, plan_id)
    return answer(view, status=status, version=view.plan.version)


ONE = "/tree-plans/{plan_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/tree-plans",
        name="treePlans",
        tag=TAG,
        title=N_("区划调整方案"),
        handler=list_plans,
        query=Earlier,
        answer=list[PlanRow],
    ),
    Endpoint(
        method="POST",
        path="/tree-plans",
        name="draftTreePlan",
        tag=TAG,
        title=N_("起草区划调整方案"),
        help=BY_PERSON,
        handler=draft,
        body=PlanForm,
        answer=PlanView,
        status=201,
        once=True,
    ),
    Endpoint(
        method="GET",
        path=ONE,
        name="treePlan",
        tag=TAG,
        title=N_("一份区划调整方案：内容、影响、进度"),
        handler=one,
        answer=PlanView,
    ),
    Endpoint(
        method="GET",
        path=ONE + "/cases",
        name="treePlanCases",
        tag=TAG,
        title=N_("方案涉及的、本人可以查看的案件"),
        handler=cases_of,
        query=Onward,
        answer=Page,
    ),
    Endpoint(
        method="POST",
        path=ONE + "/approve",
        name="approveTreePlan",
        tag=TAG,
        title=N_("批准区划调整方案"),
        help=BY_PERSON,
        handler=approve,
        answer=PlanView,
        versioned=True,
        refuses=(409, 422),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/refuse",
        name="refuseTreePlan",
        tag=TAG,
        title=N_("不批准区划调整方案"),
        handler=refuse,
        body=ReasonForm,
        answer=PlanView,
        versioned=True,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/withdraw",
        name="withdrawTreePlan",
        tag=TAG,
        title=N_("撤回区划调整方案"),
        handler=withdraw,
        body=ReasonForm,
        answer=PlanView,
        versioned=True,
        refuses=(409,),
    ),
)
