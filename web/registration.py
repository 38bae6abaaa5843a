"""接谈登记: the one form that begins a case, and the receipts that petitioners take home."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue, Option
from cases.register import register
from cases.registration_form import RegistrationForm
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, providers, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

FIELDS = fields_of(RegistrationForm)
ROUTE = "/cases/new"


@get(ROUTE)
async def registration_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    gate.require_role(subject, Action.CASE_REGISTER)
    return _form_page(request, subject, fresh(RegistrationForm, {}, await _options(session, subject, catalogue)))


@post(ROUTE)
async def registration_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    """The receipts are shown this once: their codes are stored hashed."""
    data = await fields_in(request)
    typed = read(FIELDS, data)
    try:
        async with session.begin_nested():
            if address := await once.already(session, subject, ROUTE, data):
                return go(address)
            form: Any = fill(RegistrationForm, typed)
            registered = await register(session, subject, form)
            await once.led_to(session, subject, data, f"/cases/{registered.case.id}")
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        fields = error.fields if isinstance(error, InvalidInput) else ()
        options = await _options(session, subject, catalogue)
        shown = refused(RegistrationForm, typed, fields, options)
        return _form_page(request, subject, shown, status=error.status, refusal=None if fields else error)
    return page(request, "cases/receipts.html", title=N_("登记回执"), subject=subject, registered=registered, form=form)


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
    )


ROUTES = [registration_page, registration_post]
