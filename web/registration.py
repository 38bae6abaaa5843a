"""接谈登记: the one form that begins a case, and the receipts that petitioners take home."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue, Option
from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.idempotency import IdempotencyKeyReused
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.drafts import HOURS
from web.forms.bound import BoundForm, fill, fresh, providers, refused
from web.forms.fields import fields_of
from web.forms.typed import Typed, read
from web.given import TheCatalogue, TheSession, TheSettings, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.posted import fields_in
from web.qr_code import drawn
from web.receipts import Receipts, receipts_of

FIELDS = fields_of(RegistrationForm)
ROUTE = "/cases/new"
Data = Mapping[str, Sequence[str]]


class SentBefore(DomainError):
    """The same page was registered, then changed and sent again: a second matter, or a slip."""

    code = "sent_before"
    status = 409
    message = N_("本页先前已经登记成功，后来的改动没有登记：请到案件列表查看；确属另一事项的，再按一次登记")


@get(ROUTE)
async def registration_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    _require(subject)
    return _form_page(request, subject, fresh(RegistrationForm, {}, await _options(session, subject, catalogue)))


@post(ROUTE)
async def registration_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, settings: TheSettings
) -> PageResponse:
    """The receipts are shown this once, and again to who sends the same form again: their codes are stored hashed."""
    _require(subject)
    data = await fields_in(request)
    typed = read(FIELDS, data)
    try:
        async with session.begin_nested():
            receipts = await _registered(session, subject, data, typed)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        named = SentBefore() if isinstance(error, IdempotencyKeyReused) else error
        fields = error.fields if isinstance(error, InvalidInput) else ()
        options = await _options(session, subject, catalogue)
        shown = refused(RegistrationForm, typed, fields, options)
        return _form_page(request, subject, shown, status=named.status, refusal=None if fields else named)
    return page(
        request,
        "cases/receipts.html",
        title=N_("登记回执"),
        subject=subject,
        receipts=receipts,
        sent_key=(data.get(once.FIELD) or [""])[0],
        drawing=drawn(f"{settings.public_url}/status"),
    )


async def _registered(session: AsyncSession, subject: Subject, data: Data, typed: Typed) -> Receipts:
    """Now, or when the same form came first."""
    if answer := await once.answered(session, subject, ROUTE, data):
        return msgspec.json.decode(answer.body, type=Receipts)
    form: Any = fill(RegistrationForm, typed)
    registered = await register(session, subject, form)
    receipts = receipts_of(registered, form)
    body = msgspec.json.encode(receipts).decode()
    await once.led_to(session, subject, data, f"/cases/{registered.case.id}", body)
    return receipts


def _require(subject: Subject) -> None:
    """Who registers, or who hands in at a contact point."""
    if not gate.may(subject, Action.CASE_DRAFT):
        gate.require_role(subject, Action.CASE_REGISTER)


async def _options(session: AsyncSession, subject: Subject, catalogue: Catalogue) -> dict[str, Sequence[Option]]:
    """No case is at hand yet: these lists need none."""
    nothing: Any = None
    return {name: await catalogue.options[name](session, subject, nothing) for name in sorted(providers(FIELDS))}


def _form_page(
    request: AnyRequest, subject: Subject, form: BoundForm, status: int = 200, refusal: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "cases/new.html",
        title=N_("接谈登记"),
        subject=subject,
        status=status,
        form=form,
        refusal=refusal,
        key=once.new_key(),
        is_fresh=request.method == "GET",
        draft_hours=HOURS,
    )


ROUTES = [registration_page, registration_post]
