"""A form of the money's pages: on a page of its own, sent once and led on, or shown again with what is wrong."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, Forbidden, InvalidInput, NotFound
from tenants.subject import Subject
from web import once
from web.forms.bound import BoundForm, fill, refused
from web.forms.fields import fields_of
from web.forms.typed import read
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in

Options = dict[str, Sequence[Option]]
Verb = Callable[[Any], Awaitable[str]]
"""Does what the form says, and answers where it leads."""
Again = Callable[[BoundForm, DomainError], Awaitable[PageResponse]]


async def sent(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    kind: type[Struct],
    verb: Verb,
    again: Again,
    options: Options | None = None,
) -> PageResponse:
    """Done once; or the form again and nothing lost. Who may not at all is told so on a page of its own."""
    data = await fields_in(request)
    typed = read(fields_of(kind), data)
    try:
        address = await once.already(session, subject, request.url.path, data)
        if address is None:
            async with session.begin_nested():
                address = await verb(fill(kind, typed))
            await once.led_to(session, subject, data, address)
        return go(address)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        broken = error.fields if isinstance(error, InvalidInput) else ()
        return await again(refused(kind, typed, broken, options or {}), error)


def form_page(
    request: AnyRequest,
    subject: Subject,
    title: str,
    home: str,
    form: BoundForm,
    error: DomainError | None = None,
    about: str | None = None,
) -> PageResponse:
    """`title` is a msgid, `about` a name: whom or what it is about. `error` is said above the form unless it stands
    at the fields."""
    return page(
        request,
        "funding/form.html",
        title=title,
        subject=subject,
        about=about,
        home=home,
        form=form,
        refusal=None if isinstance(error, InvalidInput) else error,
        status=error.status if error else 200,
        key=once.new_key(),
    )
