"""补助申报: what waits for me — to review, to approve, to pay, appealed, held and why — and what is to be recovered."""

from typing import Any

from litestar import get, post

from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_
from funding.claims_board import board
from funding.recoveries import RepaidForm, repaid
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

HERE = "/funding/claims"
REPAID = HERE + "/recoveries/{recovery_id:uuid}/repaid"
TITLE = N_("登记追回到账")


@get(HERE)
async def claims_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return page(
        request,
        "funding/claims.html",
        title=N_("补助申报"),
        subject=subject,
        view=await board(session, subject),
        pays=gate.may(subject, Action.SUBSIDY_PAY, Relation.GOVERNS),
    )


@get(REPAID)
async def repaid_page(request: AnyRequest, subject: TheSubject, recovery_id: PathId) -> PageResponse:
    gate.require_role(subject, Action.SUBSIDY_PAY, Relation.GOVERNS)
    return _form(request, subject, fresh(RepaidForm, {}, {}))


@post(REPAID)
async def repaid_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, recovery_id: PathId
) -> PageResponse:
    """Entered once, and the list again; or the form with what is wrong."""
    data = await fields_in(request)
    typed = read(fields_of(RepaidForm), data)
    try:
        if await once.already(session, subject, request.url.path, data) is None:
            async with session.begin_nested():
                form: Any = fill(RepaidForm, typed)
                await repaid(session, subject, recovery_id, form)
            await once.led_to(session, subject, data, HERE)
        return go(HERE)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        broken = error.fields if isinstance(error, InvalidInput) else ()
        return _form(request, subject, refused(RepaidForm, typed, broken, {}), error)


def _form(request: AnyRequest, subject: Subject, form: BoundForm, error: DomainError | None = None) -> PageResponse:
    """`error` is said above the form unless it stands at the fields."""
    return page(
        request,
        "funding/form.html",
        title=TITLE,
        subject=subject,
        heading=TITLE,
        address=request.url.path,
        home=HERE,
        form=form,
        refusal=None if isinstance(error, InvalidInput) else error,
        status=error.status if error else 200,
        key=once.new_key(),
    )


ROUTES = [claims_page, repaid_page, repaid_post]
