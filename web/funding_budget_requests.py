"""联合申请: petition and justice ask together, the treasury answers; and what the heads set for the end of a year."""

from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import DomainError, InvalidInput
from foundation.language import N_
from foundation.money import yuan
from foundation.store import instant
from funding.budget_close import close_year, set_carry_over
from funding.budget_forms import CloseForm, ReplyForm, RequestForm, SettingForm
from funding.budget_request_reading import proposals, request_view
from funding.budget_requests import decide, request_budget, sign, withdraw
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh
from web.forms.fields import fields_of
from web.forms.typed import read
from web.funding_budgets import HERE
from web.funding_form import sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.typed_query import number

REQUESTS = HERE + "/requests"
SETTINGS = HERE + "/settings"


@get(REQUESTS + "/new")
async def new_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """Filled with last year's actual spending; `year`: by default the next."""
    gate.require_role(subject, Action.BUDGET_REQUEST)
    year = number(request, "year", least=2018, most=2199) or local_date(instant(session)).year + 1
    form = fresh(RequestForm, {"year": str(year)}, {})
    form.typed["items"] = [
        {
            "purpose": one.purpose.value,
            "fiscal_fen": yuan(one.fiscal_fen),
            "departmental_fen": yuan(one.departmental_fen),
        }
        for one in await proposals(session, subject, year)
    ]
    return _new(request, subject, form)


@post(REQUESTS)
async def request_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    gate.require_role(subject, Action.BUDGET_REQUEST)

    async def ask(form: Any) -> str:
        return f"{REQUESTS}/{(await request_budget(session, subject, form)).id}"

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return _new(request, subject, form, error)

    return await sent(request, session, subject, RequestForm, ask, again)


@get(REQUESTS + "/{request_id:uuid}")
async def request_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, request_id: PathId
) -> PageResponse:
    return await _one(request, subject, session, request_id, fresh(ReplyForm, {}, {}))


@post(REQUESTS + "/{request_id:uuid}/sign")
async def sign_post(subject: TheSubject, session: TheSession, request_id: PathId) -> PageResponse:
    await sign(session, subject, request_id)
    return go(f"{REQUESTS}/{request_id}")


@post(REQUESTS + "/{request_id:uuid}/withdraw")
async def withdraw_post(subject: TheSubject, session: TheSession, request_id: PathId) -> PageResponse:
    await withdraw(session, subject, request_id)
    return go(f"{REQUESTS}/{request_id}")


@post(REQUESTS + "/{request_id:uuid}/reply")
async def reply_post(request: AnyRequest, subject: TheSubject, session: TheSession, request_id: PathId) -> PageResponse:
    async def answer(form: Any) -> str:
        await decide(session, subject, request_id, form)
        return f"{REQUESTS}/{request_id}"

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _one(request, subject, session, request_id, form, error)

    return await sent(request, session, subject, ReplyForm, answer, again)


@get(SETTINGS)
async def settings_page(request: AnyRequest, subject: TheSubject) -> PageResponse:
    gate.require_role(subject, Action.BUDGET_REQUEST)
    return _settings(request, subject, fresh(SettingForm, {}, {}))


@post(SETTINGS)
async def settings_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def keep(form: Any) -> str:
        await set_carry_over(session, subject, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return _settings(request, subject, form, error)

    return await sent(request, session, subject, SettingForm, keep, again)


@post(HERE + "/close")
async def close_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """One button, no page of its own: what hinders it is told as a problem."""
    form: Any = fill(CloseForm, read(fields_of(CloseForm), await fields_in(request)))
    await close_year(session, subject, form)
    return go(f"{HERE}?year={form.year}")


def _new(request: AnyRequest, subject: Subject, form: BoundForm, error: DomainError | None = None) -> PageResponse:
    return _form(request, subject, "funding/budget_new.html", N_("联合申请预算"), form, error)


def _settings(request: AnyRequest, subject: Subject, form: BoundForm, error: DomainError | None = None) -> PageResponse:
    return _form(request, subject, "funding/budget_settings.html", N_("结转设置"), form, error)


async def _one(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    request_id: UUID,
    form: BoundForm,
    error: DomainError | None = None,
) -> PageResponse:
    view = await request_view(session, subject, request_id)
    return _form(request, subject, "funding/budget_request.html", N_("预算申请"), form, error, view=view)


def _form(
    request: AnyRequest,
    subject: Subject,
    template: str,
    title: str,
    form: BoundForm,
    error: DomainError | None,
    **shown: Any,
) -> PageResponse:
    """`error` is said above the form unless it stands at the fields."""
    said = None if isinstance(error, InvalidInput) else error
    status = error.status if error else 200
    key = once.new_key()
    return page(request, template, title=title, subject=subject, status=status, form=form, said=said, key=key, **shown)


ROUTES = [
    new_page,
    request_post,
    request_page,
    sign_post,
    withdraw_post,
    reply_post,
    settings_page,
    settings_post,
    close_post,
]
