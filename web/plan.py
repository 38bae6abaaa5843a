"""方案：本级方案、阶段、条款落实情况, with those below in the order of the tree."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, Forbidden
from foundation.language import N_, translate
from oversight.clause_duties import DutyView, all_duties, duties
from oversight.clause_reports import ReportForm, report
from oversight.document_reads import may
from oversight.phases import PhaseName, Phases, PhasesForm, phases_of, set_phases
from oversight.plan_view import plan_of
from policies.actions import Action
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.sent import said, sent
from web.table_file import table_file
from web.typed_query import identifier, number
from web.words import word

HERE = "/plan"
TITLES = (N_("辖区"), N_("文件"), N_("条号"), N_("报告截止日"), N_("落实情况"), N_("逾期"), N_("说明"))


@get(HERE)
async def plan_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant`: whose phases are shown, of the own line of the tree; by default the own."""
    return await _show(request, subject, session)


@post(HERE + "/reports")
async def report_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def verb(form: Any) -> str:
        await report(session, subject, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _show(request, subject, session, {"report": form}, error)

    options = _options(await all_duties(session, subject, own=True))
    return await sent(request, subject, session, ReportForm, verb, again, options)


@post(HERE + "/phases")
async def phases_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def verb(form: Any) -> str:
        await set_phases(session, subject, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _show(request, subject, session, {"phases": form}, error)

    return await sent(request, subject, session, PhasesForm, verb, again)


@get(HERE + "/reports.csv")
async def reports_table(subject: TheSubject, session: TheSession) -> PageResponse:
    return table_file(translate(N_("条款落实情况")), TITLES, _rows(await all_duties(session, subject)))


def _rows(found: Sequence[DutyView]) -> Iterator[list[str]]:
    for one in found:
        progress = word(one.progress, "clause_progress") if one.progress else translate(N_("未报告"))
        late = translate(N_("逾期")) if one.late else ""
        yield [one.tenant, one.title, one.path, str(one.due_on), progress, late, one.text or ""]


def _options(own: Sequence[DutyView]) -> Mapping[str, Sequence[Option]]:
    return {"own_duties": [Option(str(one.id), f"{one.title} · {one.path} · {one.due_on}") for one in own]}


def _standing(shown: Phases, subject: Subject) -> list[dict[str, str]]:
    """The form begins with the own phases as they stand, to be changed, not typed anew."""
    own = {one.phase: one for one in shown.phases} if shown.tenant_id == subject.tenant_id else {}
    kept = ("since", "until", "focus", "measures")
    return [
        {"phase": name.value} | {key: str(getattr(own[name.value], key)) for key in kept if name.value in own}
        for name in PhaseName
    ]


async def _show(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    forms: Mapping[str, BoundForm] | None = None,
    error: DomainError | None = None,
) -> PageResponse:
    if subject.tenant_id is None:
        raise Forbidden
    found = await duties(session, subject, after=identifier(request, "after"))
    own = await all_duties(session, subject, own=True)
    shown = await phases_of(session, subject, number(request, "tenant"))
    phases = fresh(PhasesForm, {}, {})
    phases.typed["phases"] = _standing(shown, subject)
    given = {"report": fresh(ReportForm, {}, dict(_options(own))), "phases": phases, **(forms or {})}
    return page(
        request,
        "documents/plan.html",
        title=N_("方案与落实"),
        subject=subject,
        plan=await plan_of(session, subject.tenant_id),
        phases=shown,
        duties=found.duties,
        after=found.after,
        own=own,
        reports=may(subject, Action.DOCUMENT_RECEIVE),
        sets=may(subject, Action.GOAL_SET),
        forms_by_name=given,
        **said(error),
    )


ROUTES = [plan_page, report_post, phases_post, reports_table]
