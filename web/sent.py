"""A form that a page sends: done once and led on, or shown again with what is wrong and nothing lost."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from web.page import AnyRequest, PageResponse, go
from web.posted import fields_in

Again = Callable[[BoundForm, DomainError], Awaitable[PageResponse]]
Options = Mapping[str, Sequence[Option]]


async def sent(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    form: type[Struct],
    verb: Callable[[Any], Awaitable[str]],
    again: Again,
    options: Options | None = None,
) -> PageResponse:
    """`verb` does it and returns the address to go to; `again` shows the page with the refused form."""
    data = await fields_in(request)
    typed = read(fields_of(form), data)
    try:
        address = await once.already(session, subject, request.url.path, data)
        if address is None:
            async with session.begin_nested():
                address = await verb(fill(form, typed))
            await once.led_to(session, subject, data, address)
        return go(address)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        fields = error.fields if isinstance(error, InvalidInput) else ()
        return await again(refused(form, typed, fields, dict(options or {})), error)


def said(error: DomainError | None) -> dict[str, Any]:
    """What a page is given of a refusal: its status, and its words unless they stand at the fields."""
    return {
        "status": error.status if error else 200,
        "said": None if isinstance(error, InvalidInput) else error,
        "key": once.new_key(),
    }
