"""费用标准和付款规则: what is in force on a day, the decision table to be read, printed and taken away."""

from datetime import date

from litestar import Response, get

from foundation.clock import local_date
from foundation.errors import Forbidden, invalid
from foundation.language import N_, current_language
from foundation.store import instant
from funding import table_sheet
from funding.rulebook import rulebook
from funding.table_view import table_view
from funding.tariff_drafts import may_draft, may_read_rules
from funding.tariff_views import change_rows, rates_on
from tenants.subject import Subject
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.policy_matrix import download

HERE = "/funding/rules"


@get(HERE)
async def rules_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """Rates, choices and changes; `on`: the day asked about, by default today."""
    _require(subject)
    on = day_asked(request, local_date(instant(session)))
    return page(
        request,
        "funding/rules.html",
        title=N_("费用标准和付款规则"),
        subject=subject,
        on=on,
        rates=await rates_on(session, subject, on),
        sections=table_view(await rulebook(session), on),
        changes=await change_rows(session, subject),
        drafts=may_draft(subject),
    )


@get(HERE + "/table")
async def table_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The whole decision table, to be printed."""
    _require(subject)
    on = day_asked(request, local_date(instant(session)))
    return page(
        request,
        "funding/rules_table.html",
        title=N_("付款判断表"),
        subject=subject,
        on=on,
        sections=table_view(await rulebook(session), on),
        rates=[rate for rate in await rates_on(session, subject, on) if rate.holds],
    )


@get(HERE + "/table.csv")
async def table_csv(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    _require(subject)
    on = day_asked(request, local_date(instant(session)))
    return download(table_sheet.table_csv(table_view(await rulebook(session), on), on, current_language.get()))


@get(HERE + "/table.xlsx")
async def table_xlsx(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    _require(subject)
    on = day_asked(request, local_date(instant(session)))
    sections, rates = table_view(await rulebook(session), on), await rates_on(session, subject, on)
    return download(table_sheet.table_xlsx(sections, rates, on, current_language.get()))


def day_asked(request: AnyRequest, today: date) -> date:
    """Raises InvalidInput for anything else than a day."""
    typed = request.query_params.get("on", "")
    try:
        return date.fromisoformat(typed) if typed else today
    except ValueError:
        raise invalid("on", "malformed", N_("日期格式不对")) from None


def _require(subject: Subject) -> None:
    if not may_read_rules(subject):
        raise Forbidden


ROUTES = [rules_page, table_page, table_csv, table_xlsx]
