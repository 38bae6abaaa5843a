"""经费报表: sums that open what is behind them; the same tables as a workbook and in print."""

from urllib.parse import urlencode

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import invalid
from foundation.language import N_
from funding.report_columns import Figure
from funding.report_entries import Asked, entries_behind
from funding.report_files import TITLE, report_file
from funding.report_sheets import NONE, Cell, notes, sheets
from funding.report_units import unit_entries, units_owing
from funding.reports import Report, report
from tenants.subject import Subject
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier, number

HERE = "/funding/reports"


@get(HERE)
async def reports_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant_id` and `period` (2026, 2026-Q1, 2026-03): by default the own one and this year."""
    view = await report(session, subject, number(request, "tenant_id"), request.query_params.get("period") or None)
    return page(
        request,
        "funding/reports.html",
        title=TITLE,
        subject=subject,
        view=view,
        sheets=sheets(view),
        notes=notes(),
        behind=lambda cell: behind(view, cell),
        here=urlencode({"tenant_id": view.tenant_id, "period": view.period.written}),
    )


@get(HERE + ".xlsx")
async def workbook_file(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    return await _file(request, subject, session, "xlsx")


@get(HERE + ".pdf")
async def printed_file(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    return await _file(request, subject, session, "pdf")


@get(HERE + "/entries")
async def entries_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    asked = _asked(request)
    view = await entries_behind(session, subject, asked, number(request, "tenant_id"))
    return page(
        request,
        "funding/report_entries.html",
        title=N_("明细分录"),
        subject=subject,
        view=view,
        older=_older(request, str(view.after)) if view.after else None,
    )


@get(HERE + "/units")
async def units_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    view = await units_owing(session, subject, number(request, "tenant_id"), request.query_params.get("after") or None)
    return page(
        request,
        "funding/report_units.html",
        title=N_("应收单位"),
        subject=subject,
        view=view,
        older=_older(request, view.after) if view.after else None,
    )


@get(HERE + "/units/entries")
async def unit_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`unit`: its name, as it was charged."""
    unit = request.query_params.get("unit") or ""
    view = await unit_entries(session, subject, unit, number(request, "tenant_id"), identifier(request, "after"))
    return page(
        request,
        "funding/report_entries.html",
        title=N_("明细分录"),
        subject=subject,
        view=view,
        older=_older(request, str(view.after)) if view.after else None,
    )


def behind(view: Report, cell: Cell) -> str | None:
    """The address of what a figure is made of; None for who sees the total alone."""
    if "budget" in cell.asks:
        return f"/funding/budgets?{urlencode({'tenant': view.tenant_id, 'year': view.period.year})}"
    opens = view.opens if "own" in cell.asks else view.opens_below
    return f"{HERE}/entries?{urlencode(cell.asks)}" if opens and cell.asks else None


def _asked(request: AnyRequest) -> Asked:
    given = request.query_params
    figure = next((one for one in Figure if one == given.get("figure")), None)
    if figure is None:
        raise invalid("figure", "not_a_choice", N_("请从所列项目中选择"))
    return Asked(
        figure=figure,
        period=given.get("period") or None,
        own=given.get("own") == "true",
        tier=given.get("tier") or None,
        case_class=_code(given.get("case_class")),
        payer=_code(given.get("payer")),
        after=identifier(request, "after"),
    )


def _code(typed: str | None) -> str | None:
    return "" if typed == NONE else typed or None


def _older(request: AnyRequest, after: str) -> str:
    given = {name: values[-1] for name, values in request.query_params.dict().items()}
    return f"{request.url.path}?{urlencode({**given, 'after': after})}"


async def _file(request: AnyRequest, subject: Subject, session: AsyncSession, form: str) -> Response[bytes]:
    period = request.query_params.get("period") or None
    file = await report_file(session, subject, number(request, "tenant_id"), period, form)
    return Response(file.content, media_type=file.kind, headers=file.headers, status_code=200)


ROUTES = [reports_page, workbook_file, printed_file, entries_page, units_page, unit_page]
