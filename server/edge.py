"""The edge of a request: who asks, and the one transaction that commits after the page was rendered.

Handlers take what they need by name: `subject`, `session`, `store`, `catalogue`, `settings`.
"""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Catalogue
from foundation import cookies
from foundation.errors import Forbidden, NotFound, NotSignedIn
from foundation.settings import Settings
from foundation.store import Store
from server.refusals import audit_refusal
from tenants.post_choice import PostNotChosen
from tenants.sessions import subject_of
from tenants.subject import Subject

AnyRequest = Request[Any, Any, State]
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


async def provide_subject(request: AnyRequest, store: NamedDependency[Store]) -> Subject:
    """The signed-in person in the post chosen; raises NotSignedIn, PostNotChosen."""
    subject = await subject_of(store, token_of(request))
    if subject is None:
        raise NotSignedIn
    if subject.post_id is None:
        raise PostNotChosen
    request.state.subject = subject
    return subject


async def provide_session(
    request: AnyRequest, store: NamedDependency[Store], subject: NamedDependency[Subject]
) -> AsyncIterator[AsyncSession]:
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
    def provide() -> Any:
        return value

    return Provide(provide, sync_to_thread=False)
