"""Phases and goals of the plan; the checklist and what inspections found again."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.case_part import Reader, part
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from indicators.goals import GoalForm, Goals, goals_of, set_goal
from oversight.checklists import ChecklistForm, ChecklistView, checklist_for, set_checklist
from oversight.paging import After
from oversight.phases import Phases, PhasesForm, phases_of, set_phases
from oversight.quality_reading import CaseFindings, OpenFinding, Repeated, findings_for, open_findings, repeated
from policies import gate
from policies.actions import Action

TAG = "goals"


class OfTenant(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户，默认本级"), ge=1, le=2_147_483_647)] | None = None


class Quality(Struct, frozen=True):
    """`after`: the last of the findings, where there are more."""

    checklist: ChecklistView | None
    repeated: list[Repeated]
    findings: list[OpenFinding]
    after: UUID | None


async def of_goals(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await goals_of(session, subject, query(request, OfTenant).tenant_id)))


async def goal_made(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, GoalForm)

    async def produce() -> Answer:
        await set_goal(session, subject, form)
        return answer(await goals_of(session, subject), status=201)

    return await once(request, session, subject, produce)


async def of_phases(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await phases_of(session, subject, query(request, OfTenant).tenant_id)))


async def phases_set(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await set_phases(session, subject, await body(request, PhasesForm))))


async def of_quality(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    gate.require_role(subject, Action.QUALITY_INSPECT)
    checklist = await checklist_for(session, subject)
    page = await open_findings(session, subject, query(request, After).after)
    found = Quality(checklist, await repeated(session, subject), page.findings, page.after)
    return respond(answer(found))


async def checklist_made(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, ChecklistForm)

    async def produce() -> Answer:
        return answer(await set_checklist(session, subject, form), status=201)

    return await once(request, session, subject, produce)


async def _findings(reader: Reader) -> CaseFindings:
    return await findings_for(reader.session, reader.subject, reader.case.id, reader.may)


ENDPOINTS = (
    part("inspection-findings", N_("检查评分和发回的问题"), CaseFindings, _findings),
    Endpoint(
        method="GET",
        path="/goals",
        name="goals",
        tag=TAG,
        title=N_("目标、基准和进度"),
        help=N_("只计适合人民调解并已受理的纠纷，不计信访的数量、层级和去向，不排名次。"),
        handler=of_goals,
        query=OfTenant,
        answer=Goals,
    ),
    Endpoint(
        method="POST",
        path="/goals",
        name="setGoal",
        tag=TAG,
        title=N_("设定目标"),
        handler=goal_made,
        body=GoalForm,
        answer=Goals,
        status=201,
        once=True,
    ),
    Endpoint(
        method="GET",
        path="/phases",
        name="phases",
        tag=TAG,
        title=N_("方案的阶段"),
        handler=of_phases,
        query=OfTenant,
        answer=Phases,
    ),
    Endpoint(
        method="PUT",
        path="/phases",
        name="setPhases",
        tag=TAG,
        title=N_("设定阶段"),
        handler=phases_set,
        body=PhasesForm,
        answer=Phases,
    ),
    Endpoint(
        method="GET",
        path="/quality",
        name="quality",
        tag=TAG,
        title=N_("评分表、未办结的问题、重复出现的问题"),
        handler=of_quality,
        query=After,
        answer=Quality,
    ),
    Endpoint(
        method="POST",
        path="/checklists",
        name="setChecklist",
        tag=TAG,
        title=N_("制定评分表"),
        handler=checklist_made,
        body=ChecklistForm,
        answer=ChecklistView,
        status=201,
        once=True,
    ),
)
