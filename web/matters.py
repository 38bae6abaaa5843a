"""督办事项: matters of many cases, opened and followed by their issuer, read by those whom they concern."""

from typing import Any
from uuid import UUID

from litestar import get, post
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_
from oversight import matters
from oversight.matter_models import DeedForm, GatherForm, MatterForm
from oversight.matter_reads import MatterView, matter_of, matters_of
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.typed_query import identifier

HERE = "/matters"


@get(HERE)
async def matters_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _list(request, session, subject, fresh(MatterForm, {}, {}))


@post(HERE)
async def open_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    gate.require_role(subject, Action.ORDER_ISSUE)
    data = await fields_in(request)
    typed = read(fields_of(MatterForm), data)
    to = HERE
    try:
        if not await once.already(session, subject, HERE, data):
            async with session.begin_nested():
                to = await _open(session, subject, catalogue, fill(MatterForm, typed))
            await once.led_to(session, subject, data, HERE)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return await _list(request, session, subject, _refused(MatterForm, typed, error), error)
    return go(to)


@get(HERE + "/{matter_id:uuid}")
async def matter_page(request: AnyRequest, subject: TheSubject, session: TheSession, matter_id: PathId) -> PageResponse:
    return await _one(request, session, subject, matter_id)


@post(HERE + "/{matter_id:uuid}")
async def matter_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, matter_id: PathId
) -> PageResponse:
    """What is done with the whole matter, or more cases for it: the button says which."""
    here, data = f"{HERE}/{matter_id}", await fields_in(request)
    form: type[GatherForm | DeedForm] = GatherForm if "numbers" in data else DeedForm
    typed = read(fields_of(form), data)
    try:
        if not await once.already(session, subject, here, data):
            async with session.begin_nested():
                await _do(session, subject, catalogue, matter_id, fill(form, typed))
            await once.led_to(session, subject, data, here)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        bound = {form: _refused(form, typed, error)}
        return await _one(request, session, subject, matter_id, bound, error)
    return go(here)


async def _open(session: AsyncSession, subject: Subject, catalogue: Catalogue, form: Any) -> str:
    return f"{HERE}/{(await matters.open_matter(session, subject, catalogue, form)).id}"


async def _do(session: AsyncSession, subject: Subject, catalogue: Catalogue, matter_id: UUID, form: Any) -> None:
    if isinstance(form, GatherForm):
        await matters.gather(session, subject, catalogue, matter_id, form)
    else:
        await matters.act(session, subject, catalogue, matter_id, form)


def _refused(form: type[Any], typed: Any, error: DomainError) -> BoundForm:
    return refused(form, typed, error.fields if isinstance(error, InvalidInput) else (), {})


async def _list(
    request: AnyRequest, session: AsyncSession, subject: Subject, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "oversight/matters.html",
        title=N_("督办事项"),
        subject=subject,
        status=error.status if error else 200,
        form=form if gate.may(subject, Action.ORDER_ISSUE) else None,
        refusal=None if isinstance(error, InvalidInput) else error,
        found=await matters_of(session, subject, identifier(request, "after")),
        key=once.new_key(),
    )


async def _one(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    matter_id: UUID,
    bound: dict[type[Any], BoundForm] | None = None,
    error: DomainError | None = None,
) -> PageResponse:
    given, found = bound or {}, await matter_of(session, subject, matter_id)
    return page(
        request,
        "oversight/matter.html",
        title=N_("督办事项"),
        subject=subject,
        status=error.status if error else 200,
        matter=found,
        deed=_open_deeds(given.get(DeedForm) or fresh(DeedForm, {}, {}), found),
        gather=given.get(GatherForm) or fresh(GatherForm, {}, {}),
        refusal=None if isinstance(error, InvalidInput) else error,
        key=once.new_key(),
        other_key=once.new_key(),
    )


def _open_deeds(form: BoundForm, matter: MatterView) -> BoundForm:
    """With the deeds that are open now; what was typed stays."""
    open_now = {*matter.deeds, form.typed.get("deed")}
    shown = (
        replace(one, choices=tuple(choice for choice in one.choices if choice[0] in open_now or not choice[0]))
        if one.name == "deed"
        else one
        for one in form.fields
    )
    return replace(form, fields=tuple(shown))


ROUTES = [matters_page, open_post, matter_page, matter_post]
