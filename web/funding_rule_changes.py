"""A change of the tariff as pages: drafted, its preview watched, approved by the heads of both sides."""

from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_, current_language
from funding import tariff_approval, tariff_drafts
from funding.tariff_changes import TariffChange
from funding.tariff_drafts import choice_options, may_draft
from funding.tariff_form import ChangeForm, form_of
from funding.tariff_views import change_view
from tenants.subject import Subject
from web import once
from web.acts import version_in
from web.forms.bound import BoundForm, fill, fresh, refused, written
from web.forms.fields import fields_of
from web.forms.typed import read
from web.funding_rules import HERE
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, fragment, go, page
from web.posted import fields_in

CHANGES = HERE + "/changes"
Verb = Callable[[ChangeForm, int | None], Coroutine[Any, Any, TariffChange]]


@get(CHANGES + "/new")
async def new_page(request: AnyRequest, subject: TheSubject) -> PageResponse:
    if not may_draft(subject):
        raise Forbidden
    return _form(request, subject, fresh(ChangeForm, {}, choice_options()))


@post(CHANGES)
async def new_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _written(
        request, subject, session, lambda form, _: tariff_drafts.draft(session, subject, form), CHANGES
    )


@get(CHANGES + "/{change_id:uuid}")
async def change_page(request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId) -> PageResponse:
    return await _show(request, subject, session, change_id)


@get(CHANGES + "/{change_id:uuid}/progress")
async def progress_part(
    request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId
) -> PageResponse:
    """The preview alone, asked again while it is counted."""
    view = await change_view(session, subject, change_id)
    return fragment(request, "funding/rule_preview.html", view=view)


@get(CHANGES + "/{change_id:uuid}/edit")
async def edit_page(request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId) -> PageResponse:
    change = await tariff_drafts.seen(session, subject, change_id)
    if change.made_by != subject.person_id:
        raise Forbidden
    typed = written(form_of(change.title, change.effective_on, change.items))
    form = BoundForm(fields_of(ChangeForm), typed, {}, choice_options())
    return _form(request, subject, form, change=change)


@post(CHANGES + "/{change_id:uuid}/edit")
async def edit_post(request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId) -> PageResponse:
    change = await tariff_drafts.seen(session, subject, change_id)
    return await _written(
        request,
        subject,
        session,
        lambda form, version: tariff_drafts.edit(session, subject, change_id, version, form),
        f"{CHANGES}/{change_id}/edit",
        change,
    )


@post(CHANGES + "/{change_id:uuid}/withdraw")
async def withdraw_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId
) -> PageResponse:
    version = version_in(await fields_in(request))
    return await _done(
        request, subject, session, change_id, lambda: tariff_drafts.withdraw(session, subject, change_id, version)
    )


@post(CHANGES + "/{change_id:uuid}/approve")
async def approve_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId
) -> PageResponse:
    version = version_in(await fields_in(request))
    return await _done(
        request, subject, session, change_id, lambda: tariff_approval.approve(session, subject, change_id, version)
    )


@post(CHANGES + "/{change_id:uuid}/recount")
async def recount_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, change_id: PathId
) -> PageResponse:
    version = version_in(await fields_in(request))
    return await _done(
        request, subject, session, change_id, lambda: tariff_approval.recount(session, subject, change_id, version)
    )


async def _written(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    write: Verb,
    route: str,
    change: TariffChange | None = None,
) -> PageResponse:
    """Kept and shown, or the form again with what is wrong and nothing lost."""
    data = await fields_in(request)
    typed = read(fields_of(ChangeForm), data)
    try:
        if (address := await once.already(session, subject, route, data)) is None:
            async with session.begin_nested():
                form: Any = fill(ChangeForm, typed)
                address = f"{CHANGES}/{(await write(form, version_in(data))).id}"
            await once.led_to(session, subject, data, address)
        return go(address)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        again = refused(ChangeForm, typed, error.fields if isinstance(error, InvalidInput) else (), choice_options())
        return _form(request, subject, again, error=error, change=change)


async def _done(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    change_id: UUID,
    do: Callable[[], Coroutine[Any, Any, TariffChange]],
) -> PageResponse:
    """Do it and see the change; or the change with why not."""
    try:
        async with session.begin_nested():
            await do()
    except NotFound:
        raise
    except DomainError as error:
        session.expire_all()
        return await _show(request, subject, session, change_id, error)
    return go(f"{CHANGES}/{change_id}")


async def _show(
    request: AnyRequest, subject: Subject, session: AsyncSession, change_id: UUID, error: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "funding/rule_change.html",
        title=N_("标准和规则的变更"),
        subject=subject,
        status=error.status if error else 200,
        view=await change_view(session, subject, change_id),
        refusal=_said(error),
    )


def _form(
    request: AnyRequest,
    subject: Subject,
    form: BoundForm,
    error: DomainError | None = None,
    change: TariffChange | None = None,
) -> PageResponse:
    return page(
        request,
        "funding/rule_draft.html",
        title=N_("起草标准或者规则的变更"),
        subject=subject,
        status=error.status if error else 200,
        form=form,
        refusal="" if isinstance(error, InvalidInput) else _said(error),
        change=change,
        key=once.new_key(),
    )


def _said(error: DomainError | None) -> str:
    return error.text(current_language.get()) if error else ""


ROUTES = [
    new_page, new_post, change_page, progress_part, edit_page, edit_post, withdraw_post, approve_post, recount_post,
]  # fmt: skip
