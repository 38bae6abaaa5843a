"""The edge of a request: who asks, and the one transaction that commits after the page was rendered.

Handlers take what they need by name: `subject`, `session` or `reading`, `store`, `catalogue`, `settings`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks import Remembered, keep
from api.endpoint import PREFIX, TOKEN_SCOPE
from api.tokens import program_token, token_of
from cases.catalogue import Catalogue
from foundation.errors import Forbidden, NotFound, NotSignedIn
from foundation.reading import Reading
from foundation.settings import Settings
from foundation.store import Store
from server.looked import exit_of
from server.refusals import audit_refusal
from tenants.ended_posts import lost_post
from tenants.post_choice import PostNotChosen
from tenants.sessions import subject_of, subject_of_page
from tenants.subject import Subject
from tenants.tokens import TokenScope, TokenScopeMissing, require_scope, token_subject

AnyRequest = Request[Any, Any, State]


def dependencies(settings: Settings, store: Store, catalogue: Catalogue) -> dict[str, Provide]:
    """The names that every handler of both doors may take."""
    return {
        "settings": _constant(settings),
        "store": _constant(store),
        "catalogue": _constant(catalogue),
        "subject": Provide(provide_subject),
        "session": Provide(provide_session),
        "reading": Provide(provide_reading),
    }


async def provide_subject(request: AnyRequest, store: NamedDependency[Store]) -> Subject:
    """The signed-in person in the post chosen; raises NotSignedIn, PostNotChosen, TokenScopeMissing."""
    program = program_token(request)
    subject = await (_of_session(request, store) if program is None else _of_program(request, store, program))
    if subject is None:
        raise NotSignedIn
    if subject.post_id is None:
        raise await lost_post(store, token_of(request)) if program is None else PostNotChosen()
    request.state.subject = subject
    return subject


async def _of_session(request: AnyRequest, store: Store) -> Subject | None:
    """A page's head tells how many notices are unread: asked together, so that it costs no statement."""
    if request.url.path.startswith(PREFIX):
        return await subject_of(store, token_of(request))
    subject, request.state.unread = await subject_of_page(store, token_of(request))
    return subject


async def _of_program(request: AnyRequest, store: Store, token: str) -> Subject | None:
    """Whom a program's token stands for, if the operation lies in its scopes; pages know no such tokens."""
    scope: TokenScope | None = request.route_handler.opt.get(TOKEN_SCOPE)
    subject = None if scope is None else await token_subject(store, token)
    if subject is not None and scope is not None:
        try:
            require_scope(subject, scope)
        except TokenScopeMissing as error:
            await audit_refusal(store, subject, request.method, request.url.path, error)
            raise
    return subject


async def provide_session(
    request: AnyRequest, store: NamedDependency[Store], subject: NamedDependency[Subject]
) -> AsyncIterator[AsyncSession]:
    """One request, one transaction: commits when all went well, else rolls back and keeps the refusal on record.

    Who looked at a case is written in it, and so before the answer leaves.
    """
    remembered: Remembered = request.app.state["looks"]
    async with _on_record(request, store, subject):
        async with store.scoped(subject.scope) as session:
            yield session
            written = await keep(session, remembered, exit_of(request.method, request.url.path))
        remembered.add(written)


async def provide_reading(
    request: AnyRequest, store: NamedDependency[Store], subject: NamedDependency[Subject]
) -> AsyncIterator[Reading]:
    """The same for a hot read."""
    async with _on_record(request, store, subject), store.reading(subject.scope) as reading:
        yield reading


@asynccontextmanager
async def _on_record(request: AnyRequest, store: Store, subject: Subject) -> AsyncIterator[None]:
    try:
        yield
    except (Forbidden, NotFound) as error:
        await audit_refusal(store, subject, request.method, request.url.path, error)
        raise


def _constant(value: object) -> Provide:
    def provide() -> Any:
        return value

    return Provide(provide, sync_to_thread=False)
