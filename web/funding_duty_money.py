"""What duty costs: the month's person-days with the rule behind each, the approval, what each person gets by it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, InvalidInput
from foundation.language import N_, translate
from funding.duty_approval import ReturnForm, return_pay
from funding.duty_days import DayStatus
from funding.duty_reading import DayView, days_of, late_entries, pay_of, pays_of, sees_money, this_month
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.table_file import table_file
from web.words import word

HERE = "/funding/duty"
TITLES = (N_("日期"), N_("站点"), N_("值班人员"), N_("情形"), N_("状态"), N_("金额（元）"), N_("付款表"))


def month_in(request: AnyRequest, session: AsyncSession) -> date:
    """`month`: any day of it; what is no date is this month."""
    try:
        return date.fromisoformat(request.query_params.get("month", "")).replace(day=1)
    except ValueError:
        return this_month(session)


async def figures(session: AsyncSession, subject: Subject, month: date) -> dict[str, Any]:
    """For the duty page: the own days for everybody, all of them for who answers for the money."""
    money = sees_money(subject)
    days = await days_of(session, subject, month)
    reviews = gate.may(subject, Action.SUBSIDY_REVIEW, Relation.GOVERNS)
    waiting = [day for day in days if day.status in (DayStatus.CLAIMED, DayStatus.UNDECIDED)]
    return {
        "money": money,
        "days": days,
        "total": sum(day.fen for day in days),
        "late": await late_entries(session, subject, month) if money else (),
        "pays": await pays_of(session, subject, month) if money else (),
        "approves": reviews and bool(waiting) and month < this_month(session),
    }


@get(f"{HERE}.csv")
async def days_table(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """The person-days of one month, as the page shows them."""
    month = month_in(request, session)
    rows = _rows(await days_of(session, subject, month))
    return table_file(f"{translate(N_('值班补助'))}-{month.isoformat()[:7]}", TITLES, rows)


@get(f"{HERE}/pays/{{pay_id:uuid}}")
async def pay_page(request: AnyRequest, subject: TheSubject, session: TheSession, pay_id: PathId) -> PageResponse:
    return await _pay(request, session, subject, pay_id, fresh(ReturnForm, {}, {}))


@post(f"{HERE}/pays/{{pay_id:uuid}}")
async def return_post(request: AnyRequest, subject: TheSubject, session: TheSession, pay_id: PathId) -> PageResponse:
    typed = read(fields_of(ReturnForm), await fields_in(request))
    try:
        async with session.begin_nested():
            form: Any = fill(ReturnForm, typed)
            await return_pay(session, subject, pay_id, form)
    except InvalidInput as error:
        return await _pay(request, session, subject, pay_id, refused(ReturnForm, typed, error.fields, {}), error)
    return go(f"{HERE}/pays/{pay_id}")


async def _pay(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    pay_id: PathId,
    form: BoundForm,
    error: DomainError | None = None,
) -> PageResponse:
    pay, days, entries = await pay_of(session, subject, pay_id)
    return page(
        request,
        "funding/duty_pay.html",
        title=N_("值班补助"),
        subject=subject,
        status=error.status if error else 200,
        pay=pay,
        days=days,
        entries=entries,
        form=form,
        returns=pay.status == "approved" and gate.may(subject, Action.SUBSIDY_REVIEW, Relation.GOVERNS),
    )


def _rows(days: Sequence[DayView]) -> Iterator[list[str]]:
    for day in days:
        yield [
            day.day.isoformat(), day.office, day.person, word(day.kind, "duty_kind"), word(day.status, "duty_status"),
            f"{day.fen / 100:.2f}", day.line,
        ]  # fmt: skip


ROUTES = [days_table, pay_page, return_post]
