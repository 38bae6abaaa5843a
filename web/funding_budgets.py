"""年度预算: a year's lines, what lies below summed up, and the entries behind each figure."""

from litestar import get

from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from funding.budget_lines import MovementKind
from funding.budget_reading import line_entries, year_budget
from policies import gate
from policies.actions import Action
from web import once
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier, number

HERE = "/funding/budgets"


@get(HERE)
async def budgets_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant` and `year`: by default the own one and this year."""
    view = await year_budget(
        session, subject, number(request, "tenant"), number(request, "year", least=2000, most=2199)
    )
    return page(
        request,
        "funding/budgets.html",
        title=N_("年度预算"),
        subject=subject,
        view=view,
        own=view.tenant_id == subject.tenant_id,
        asks=gate.may(subject, Action.BUDGET_REQUEST),
        ended=view.year < local_date(instant(session)).year,
        key=once.new_key(),
    )


@get(HERE + "/lines/{line_id:uuid}")
async def line_page(request: AnyRequest, subject: TheSubject, session: TheSession, line_id: PathId) -> PageResponse:
    """`kind`: only these entries; `after`: those before the ones seen."""
    kind = next((one for one in MovementKind if one == request.query_params.get("kind")), None)
    view = await line_entries(session, subject, line_id, kind, identifier(request, "after"))
    return page(
        request,
        "funding/budget_line.html",
        title=N_("预算明细"),
        subject=subject,
        view=view,
        kind=kind,
        kinds=MovementKind,
    )


ROUTES = [budgets_page, line_page]
