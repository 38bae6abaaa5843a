"""授权与受托: what the office lent, what was lent to it, lending for a class of cases, taking back."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from access import delegations
from access.delegating import delegate_class
from access.delegation_form import ClassForm, RevokeForm
from access.delegation_view import MOST_CASES, DelegationView
from access.delegations import PAGE, Side
from access.lending import may_lend_class
from access.revoking import revoke
from cases.catalogue import Catalogue, Option
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.forms import option_lists
from foundation.language import N_
from tenants.subject import Subject
from web import once
from web.case_list import type_names
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

ADDRESS = "/delegations"
DONE = {"lent": N_("授权"), "revoked": N_("收回授权")}
Data = Mapping[str, Sequence[str]]


@get(ADDRESS)
async def delegations_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """Who was lent nothing and lends nothing sees two empty lists."""
    side = Side.BORROWED if request.query_params.get("side") == Side.BORROWED else Side.LENT
    rows = await delegations.page(session, subject, side, _before(request), PAGE + 1)
    return page(
        request,
        "delegations/list.html",
        title=N_("授权与受托"),
        subject=subject,
        side=side,
        sides=Side,
        rows=rows[:PAGE],
        older=rows[PAGE - 1].id if len(rows) > PAGE else None,
        types=await type_names(session),
        most=MOST_CASES,
        may_lend=await may_lend_class(session, subject),
        done=DONE.get(request.query_params.get("done", "")),
    )


@get(ADDRESS + "/new")
async def class_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    if not await may_lend_class(session, subject):
        raise Forbidden
    return _class_form(request, subject, fresh(ClassForm, {}, await _options(session, subject, catalogue)))


@post(ADDRESS)
async def class_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    data = await fields_in(request)
    typed = read(fields_of(ClassForm), data)
    try:
        async with session.begin_nested():
            return go(await _lend(session, subject, data, typed))
    except InvalidInput as error:
        options = await _options(session, subject, catalogue)
        return _class_form(request, subject, refused(ClassForm, typed, error.fields, options), error.status)


@get(ADDRESS + "/{delegation_id:uuid}/revoke")
async def revoke_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, delegation_id: PathId
) -> PageResponse:
    row = await _revocable(session, subject, delegation_id)
    return _revoke_form(request, subject, row, fresh(RevokeForm, {}, {}))


@post(ADDRESS + "/{delegation_id:uuid}/revoke")
async def revoke_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, delegation_id: PathId
) -> PageResponse:
    typed = read(fields_of(RevokeForm), await fields_in(request))
    try:
        form: Any = fill(RevokeForm, typed)
    except InvalidInput as error:
        row = await _revocable(session, subject, delegation_id)
        return _revoke_form(request, subject, row, refused(RevokeForm, typed, error.fields, {}), error.status)
    await revoke(session, subject, delegation_id, form)
    return go(f"{ADDRESS}?done=revoked")


async def _lend(session: AsyncSession, subject: Subject, data: Data, typed: dict[str, Any]) -> str:
    """Returns the page to see next."""
    if address := await once.already(session, subject, ADDRESS, data):
        return address
    form: Any = fill(ClassForm, typed)
    await delegate_class(session, subject, form)
    address = f"{ADDRESS}?done=lent"
    await once.led_to(session, subject, data, address)
    return address


async def _options(session: AsyncSession, subject: Subject, catalogue: Catalogue) -> dict[str, Sequence[Option]]:
    names = sorted(option_lists(ClassForm))
    # every list of this form bears to be asked without a case
    return {one: await catalogue.options[one](session, subject, None) for one in names}  # type: ignore[arg-type]


async def _revocable(session: AsyncSession, subject: Subject, delegation_id: UUID) -> DelegationView:
    row = await delegations.one(session, subject, delegation_id)
    if row is None:
        raise NotFound
    if not row.revocable:
        raise Forbidden
    return row


def _class_form(request: AnyRequest, subject: Subject, form: BoundForm, status: int = 200) -> PageResponse:
    return page(
        request,
        "delegations/new.html",
        title=N_("就一类案件授权"),
        subject=subject,
        form=form,
        key=once.new_key(),
        status=status,
    )


def _revoke_form(
    request: AnyRequest, subject: Subject, row: DelegationView, form: BoundForm, status: int = 200
) -> PageResponse:
    return page(
        request,
        "delegations/revoke.html",
        title=N_("收回授权"),
        subject=subject,
        row=row,
        form=form,
        status=status,
    )


def _before(request: AnyRequest) -> UUID | None:
    """Where the page before ended; anything but an id begins anew."""
    try:
        return UUID(request.query_params.get("before", ""))
    except ValueError:
        return None


ROUTES = [delegations_page, class_page, class_post, revoke_page, revoke_post]
