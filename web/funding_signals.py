"""申报疑点: claims worth a second look, each with the two things that were compared, and the answer."""

from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from foundation.language import N_
from funding import signal_reading
from funding.signal_answers import AnswerForm, answer, answers
from funding.signal_reading import Box
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.typed_query import identifier

HERE = "/funding/signals"
ONE = HERE + "/{signal_id:uuid}"
TITLE = N_("申报疑点")


@get(HERE)
async def signals_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`box` and `after`: the next page of that list alone."""
    box = next((one for one in Box if one == request.query_params.get("box")), None)
    view = await signal_reading.board(session, subject, box, identifier(request, "after"))
    return page(request, "funding/signals.html", title=TITLE, subject=subject, view=view, box=box)


@get(ONE)
async def signal_page(request: AnyRequest, subject: TheSubject, session: TheSession, signal_id: PathId) -> PageResponse:
    return await _show(request, session, subject, signal_id, fresh(AnswerForm, {}, {}))


@post(ONE)
async def signal_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, signal_id: PathId
) -> PageResponse:
    """Answered once, and the list again; or the form with what is wrong."""
    data = await fields_in(request)
    typed = read(fields_of(AnswerForm), data)
    try:
        if await once.already(session, subject, request.url.path, data) is None:
            async with session.begin_nested():
                form: Any = fill(AnswerForm, typed)
                await answer(session, subject, catalogue, signal_id, form)
            await once.led_to(session, subject, data, HERE)
        return go(HERE)
    except NotFound:
        raise
    except DomainError as error:
        if isinstance(error, Forbidden) and not answers(subject):
            raise
        broken = error.fields if isinstance(error, InvalidInput) else ()
        return await _show(request, session, subject, signal_id, refused(AnswerForm, typed, broken, {}), error)


async def _show(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    signal_id: PathId,
    form: BoundForm,
    error: DomainError | None = None,
) -> PageResponse:
    """`error` is said above the form unless it stands at the fields."""
    found = await signal_reading.one(session, subject, signal_id)
    (signal,) = await signal_reading.views(session, subject, [found])
    return page(
        request,
        "funding/signal.html",
        title=TITLE,
        subject=subject,
        signal=signal,
        form=form if found.answer is None and answers(subject) else None,
        refusal=None if isinstance(error, InvalidInput) else error,
        status=error.status if error else 200,
        key=once.new_key(),
    )


ROUTES = [signals_page, signal_page, signal_post]
