"""质量检查: the own office's draws, and a new one by rule."""

from collections.abc import Sequence
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue, Option
from foundation.errors import DomainError, Forbidden, InvalidInput
from foundation.language import N_
from oversight.draws import DrawForm, checklist_options
from oversight.draws_reading import drawn_by
from oversight.sampling import draw_and_open
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.typed_query import identifier

HERE = "/inspections"


@get(HERE)
async def inspections_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    _check(subject)
    return await _show(request, session, subject, fresh(DrawForm, {}, await _options(session, subject)))


@post(HERE)
async def draw_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue
) -> PageResponse:
    _check(subject)
    data = await fields_in(request)
    typed = read(fields_of(DrawForm), data)
    try:
        if not await once.already(session, subject, HERE, data):
            async with session.begin_nested():
                await _draw(session, subject, catalogue, fill(DrawForm, typed))
            await once.led_to(session, subject, data, HERE)
    except Forbidden:
        raise
    except DomainError as error:
        fields, options = error.fields if isinstance(error, InvalidInput) else (), await _options(session, subject)
        return await _show(request, session, subject, refused(DrawForm, typed, fields, options), error)
    return go(HERE)


async def _draw(session: AsyncSession, subject: Subject, catalogue: Catalogue, form: Any) -> None:
    await draw_and_open(session, subject, catalogue, form)


async def _options(session: AsyncSession, subject: Subject) -> dict[str, Sequence[Option]]:
    return {"checklists_in_force": await checklist_options(session, subject)}


def _check(subject: Subject) -> None:
    if not gate.may(subject, Action.QUALITY_INSPECT):
        raise Forbidden


async def _show(
    request: AnyRequest, session: AsyncSession, subject: Subject, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "oversight/inspections.html",
        title=N_("质量检查"),
        subject=subject,
        status=error.status if error else 200,
        form=form,
        refusal=None if isinstance(error, InvalidInput) else error,
        found=await drawn_by(session, subject, identifier(request, "after")),
        key=once.new_key(),
    )


ROUTES = [inspections_page, draw_post]
