"""The edge of a request: who asks, and the one transaction that commits after the page was rendered.

Handlers take what they need by name: `subject`, `session`, `store`, `catalogue`, `settings`.
"""

from collections.abc import AsyncIterator, Callable

from litestar import Request
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue
from foundation import cookies
from foundation.errors import Forbidden, NotFound, NotSignedIn
from foundation.settings import Settings
from foundation.store import Store
from server.refusals import audit_refusal
from tenants.sign_in import subject_of
from tenants.subject import Subject

AnyRequest = Request[None, None, object]
BEARER = "Bearer "


def dependencies(settings: Settings, store: Store, catalogue: Catalogue) -> dict[str, Provide]:
    """The names that every handler of both doors may take."""
    return {
        "settings": _constant(settings),
        "store": _constant(store),
        "catalogue": _constant(catalogue),
        "subject": Provide(provide_subject),
        "session": Provide(provide_session),
    }


async def provide_subject(request: AnyRequest, store: Store) -> Subject:
    """The signed-in person in the post chosen; raises NotSignedIn."""
    subject = await subject_of(store, token_of(request))
    if subject is None:
        raise NotSignedIn
    return subject


async def provide_session(request: AnyRequest, store: Store, subject: Subject) -> AsyncIterator[AsyncSession]:
    """One request, one transaction: commits when all went well, else rolls back and keeps the refusal on record."""
    try:
        async with store.scoped(subject.scope) as session:
            yield session
    except (Forbidden, NotFound) as error:
        await audit_refusal(store, subject, request.method, request.url.path, error)
        raise


def token_of(request: AnyRequest) -> str:
    """The session's token from its cookie, or from an API client's header; empty when there is none."""
    header = request.headers.get("authorization", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER)
    return request.cookies.get(cookies.SESSION, "")


def _constant(value: object) -> Provide:
    provide: Callable[[], object] = lambda: value  # noqa: E731 - a named function would say no more
    return Provide(provide, sync_to_thread=False)
