"""What payments rest on: the bank's form of the own tenant, and the accounts that people are paid to."""

from typing import Any

from litestar import get, post
from msgspec import to_builtins
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, Forbidden, InvalidInput
from foundation.language import N_
from funding.payment_accounts import (
    AccountForm,
    RevealForm,
    account_of,
    looks_at_own,
    own_account,
    payee,
    reveal_account,
    set_account,
    set_own_account,
)
from funding.payment_form import BankForm, form_of, set_form
from funding.payment_making import require_cashier
from tenants.subject import Subject
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.funding_form import form_page, sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

PAYMENTS = "/funding/payments"
OWN = "/bank-account"
BANK_FORM, PAYEE, REVEAL = N_("银行批量表格式"), N_("登记收款账户"), N_("查看收款账号")


@get(f"{PAYMENTS}/form")
async def form_get(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """As it stands, to be changed."""
    require_cashier(subject)
    if subject.tenant_id is None:
        raise Forbidden
    shown: dict[str, Any] = to_builtins(await form_of(session, subject.tenant_id))
    typed = {name: "" if value is None else value for name, value in shown.items()}
    return form_page(request, subject, BANK_FORM, PAYMENTS, refused(BankForm, typed, (), {}))


@post(f"{PAYMENTS}/form")
async def form_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def keep(form: BankForm) -> str:
        await set_form(session, subject, form)
        return PAYMENTS

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return form_page(request, subject, BANK_FORM, PAYMENTS, form, error)

    return await sent(request, session, subject, BankForm, keep, again)


@get(f"{PAYMENTS}/payees/{{payee_id:uuid}}")
async def payee_page(request: AnyRequest, subject: TheSubject, session: TheSession, payee_id: PathId) -> PageResponse:
    name = await payee(session, subject, payee_id)
    return form_page(request, subject, PAYEE, PAYMENTS, fresh(AccountForm, {}, {}), about=name)


@post(f"{PAYMENTS}/payees/{{payee_id:uuid}}")
async def payee_post(request: AnyRequest, subject: TheSubject, session: TheSession, payee_id: PathId) -> PageResponse:
    typed = read(fields_of(AccountForm), await fields_in(request))
    try:
        form: Any = fill(AccountForm, typed)
        await set_account(session, subject, payee_id, form)
    except InvalidInput as error:
        shown = refused(AccountForm, _unsaid(typed), error.fields, {})
        return form_page(request, subject, PAYEE, PAYMENTS, shown, error, await payee(session, subject, payee_id))
    return go(PAYMENTS)


@get(f"{PAYMENTS}/accounts/{{account_id:uuid}}")
async def reveal_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, account_id: PathId
) -> PageResponse:
    account, name = await account_of(session, subject, account_id)
    about = f"{name} {account.masked}"
    return form_page(request, subject, REVEAL, PAYMENTS, fresh(RevealForm, {}, {}), about=about)


@post(f"{PAYMENTS}/accounts/{{account_id:uuid}}")
async def reveal_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, account_id: PathId
) -> PageResponse:
    """The number stands on this one answer; the next look needs another reason."""
    account, name = await account_of(session, subject, account_id)
    typed = read(fields_of(RevealForm), await fields_in(request))
    try:
        form: Any = fill(RevealForm, typed)
        number = await reveal_account(session, subject, account_id, form)
    except InvalidInput as error:
        shown = refused(RevealForm, typed, error.fields, {})
        return form_page(request, subject, REVEAL, PAYMENTS, shown, error, f"{name} {account.masked}")
    return page(
        request,
        "funding/account_shown.html",
        title=N_("收款账号"),
        subject=subject,
        number=number,
        name=name,
        home=PAYMENTS,
    )


@get(OWN)
async def own_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _own(request, session, subject, fresh(AccountForm, {}, {}))


@post(OWN)
async def own_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    typed = read(fields_of(AccountForm), await fields_in(request))
    try:
        form: Any = fill(AccountForm, typed)
        await set_own_account(session, subject, form)
    except InvalidInput as error:
        shown = refused(AccountForm, _unsaid(typed), error.fields, {})
        return await _own(request, session, subject, shown, error.status)
    return go(OWN)


async def _own(
    request: AnyRequest, session: AsyncSession, subject: Subject, form: BoundForm, status: int = 200
) -> PageResponse:
    return page(
        request,
        "funding/own_account.html",
        title=N_("收款账户"),
        subject=subject,
        status=status,
        account=await own_account(session, subject),
        looks=await looks_at_own(session, subject),
        form=form,
    )


def _unsaid(typed: dict[str, Any]) -> dict[str, Any]:
    """A number that was refused is typed again: no page shows one in the clear without a reason."""
    return {**typed, "number": ""}


ROUTES = [
    form_get,
    form_post,
    payee_page,
    payee_post,
    reveal_page,
    reveal_post,
    own_page,
    own_post,
]
