"""区划调整: plans that change the tree, drafted by one person and approved by two others."""

import re
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any
from uuid import UUID

from litestar import get, post
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.tree_cases import cases_held_by
from foundation.errors import DomainError, FieldError, Forbidden, InvalidInput, NotFound, invalid
from foundation.language import N_, current_language
from foundation.store import instant
from organisation.tree_drafting import PlanForm, draft_plan
from organisation.tree_people import MOST as MOST_PEOPLE
from organisation.tree_plan_reading import MOST, holding_offices, plan_progress, plan_view, plans
from organisation.tree_plans import Operation
from organisation.tree_words import LONGEST, approve_plan, refuse_plan, withdraw_plan
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web.acts import version_in
from web.case_list import type_names
from web.due import due_marks
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, fragment, go, page
from web.posted import fields_in

HERE = "/tree-plans"
FIELDS = {
    Operation.CREATE: ("name", "kind", "parent_code"),
    Operation.RENAME: ("name", "kind"),
    Operation.RECODE: ("new_code",),
    Operation.MOVE: ("parent_code", "contact"),
    Operation.SPLIT: ("name", "kind", "new_code", "members", "contact"),
    Operation.MERGE: ("into_code", "contact"),
    Operation.CLOSE: (),
}
"""What each operation asks for beside the unit's own code; scripts hide the rest."""
MEMBER = re.compile(r"(changes\.\d+\.members)\.\d+")


class WordForm(Struct, frozen=True):
    reason: Annotated[str, Meta(title=N_("理由"), max_length=LONGEST, extra={"widget": "textarea", "lines": 2})]


@get(HERE)
async def list_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    found = await plans(session, subject, _after(request.query_params.get("after")))
    return page(
        request,
        "tree_plans/list.html",
        title=N_("区划调整"),
        subject=subject,
        plans=found,
        after=found[-1].id if len(found) == MOST else None,
        drafts=gate.may(subject, Action.TENANT_MANAGE, Relation.NONE),
    )


def _after(typed: str | None) -> UUID | None:
    try:
        return UUID(typed) if typed else None
    except ValueError:
        raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始")) from None


@get(f"{HERE}/new")
async def new_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    return _draft(request, subject, fresh(PlanForm, {}, {}))


@post(f"{HERE}/new")
async def new_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    typed = read(fields_of(PlanForm), await fields_in(request))
    try:
        form: Any = fill(PlanForm, typed)
        async with session.begin_nested():
            plan = await draft_plan(session, subject, form)
    except InvalidInput as error:
        shown = refused(PlanForm, typed, _placed(error.fields), {})
        return _draft(request, subject, shown, status=error.status)
    return go(f"{HERE}/{plan.id}")


@get(f"{HERE}/{{plan_id:uuid}}")
async def plan_page(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    return await _plan(request, subject, session, plan_id)


@get(f"{HERE}/{{plan_id:uuid}}/progress")
async def progress_part(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    """What the page asks for again and again while the plan runs; at its end the page itself is loaded anew."""
    progress = await plan_progress(session, subject, plan_id)
    answer = fragment(request, "tree_plans/progress.html", progress=progress, plan_id=plan_id, running=progress.running)
    if not progress.running:
        answer.headers["HX-Refresh"] = "true"
    return answer


@get(f"{HERE}/{{plan_id:uuid}}/cases")
async def cases_page(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    """Of what comes along, the cases that this reader may see."""
    offices = await holding_offices(session, subject, plan_id)
    return page(
        request,
        "tree_plans/cases.html",
        title=N_("方案涉及的案件"),
        subject=subject,
        plan_id=plan_id,
        found=await cases_held_by(session, subject, offices, request.query_params.get("after")),
        types=await type_names(session),
        now=instant(session),
        due=await due_marks(session, subject),
    )


@post(f"{HERE}/{{plan_id:uuid}}/approve")
async def approve_post(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    version = version_in(await fields_in(request)) or 0
    return await _attempt(
        request, subject, session, plan_id, lambda: approve_plan(session, subject, plan_id, version), {}
    )


@post(f"{HERE}/{{plan_id:uuid}}/refuse")
async def refuse_post(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    return await _end(request, subject, session, plan_id, refuse_plan)


@post(f"{HERE}/{{plan_id:uuid}}/withdraw")
async def withdraw_post(request: AnyRequest, subject: TheSubject, session: TheSession, plan_id: PathId) -> PageResponse:
    return await _end(request, subject, session, plan_id, withdraw_plan)


Ending = Callable[[AsyncSession, Subject, UUID, int, str], Coroutine[Any, Any, Any]]


async def _end(
    request: AnyRequest, subject: Subject, session: AsyncSession, plan_id: UUID, verb: Ending
) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(WordForm), data)
    reason = str(typed.get("reason", ""))
    version = version_in(data) or 0
    return await _attempt(
        request, subject, session, plan_id, lambda: verb(session, subject, plan_id, version, reason), typed
    )


async def _attempt(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    plan_id: UUID,
    do: Callable[[], Coroutine[Any, Any, Any]],
    typed: dict[str, Any],
) -> PageResponse:
    """Do it and see the plan; or the plan again with why not."""
    try:
        async with session.begin_nested():
            await do()
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        session.expire_all()
        fields = error.fields if isinstance(error, InvalidInput) else ()
        form = refused(WordForm, typed, [one for one in fields if one.field == "reason"], {})
        said = "" if form.errors else error.text(current_language.get())
        return await _plan(request, subject, session, plan_id, form=form, status=error.status, refusal=said)
    return go(f"{HERE}/{plan_id}")


async def _plan(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    plan_id: UUID,
    *,
    form: BoundForm | None = None,
    status: int = 200,
    refusal: str = "",
) -> PageResponse:
    return page(
        request,
        "tree_plans/plan.html",
        title=N_("区划调整方案"),
        subject=subject,
        status=status,
        view=await plan_view(session, subject, plan_id),
        operations={one.value: one.label for one in Operation},
        form=form or fresh(WordForm, {}, {}),
        refusal=refusal,
        sees_cases=gate.may(subject, Action.CASE_STATUS),
        most_people=MOST_PEOPLE,
    )


def _draft(request: AnyRequest, subject: Subject, form: BoundForm, *, status: int = 200) -> PageResponse:
    needs = {operation.value: list(names) for operation, names in FIELDS.items()}
    return page(
        request,
        "tree_plans/new.html",
        title=N_("起草区划调整方案"),
        subject=subject,
        status=status,
        form=form,
        needs=needs,
        operations={one.value: one.label for one in Operation},
        labels={one.name: one.label for one in fields_of(PlanForm) for one in one.rows},
    )


def _placed(errors: Sequence[FieldError]) -> list[FieldError]:
    """One box holds all members: what is wrong with one of them stands there."""
    return [
        FieldError(found[1], one.rule, one.message, one.params) if (found := MEMBER.fullmatch(one.field)) else one
        for one in errors
    ]


ROUTES = [list_page, new_page, new_post, plan_page, progress_part, cases_page, approve_post, refuse_post, withdraw_post]
