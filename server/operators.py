"""The operators' office in its place: under /admin, with the refusals on record, closed with the application."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar, asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from admin.office import OperatorsOffice
from foundation import closing
from server.parts import Parts
from server.refusals import audit_refusal


def operators_office(parts: Parts) -> OperatorsOffice:
    return OperatorsOffice(parts.addresses.app, parts.store, parts.settings.public_url, audit_refusal)


def mounted(office: OperatorsOffice) -> ASGIRouteHandler:
    @asgi("/admin", is_mount=True, copy_scope=True)
    async def admin(scope: Scope, receive: Receive, send: Send) -> None:
        await office(scope, receive, send)  # type: ignore[arg-type]  # ASGI's own loose types on the office's side

    return admin


def closing_office(office: OperatorsOffice) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        yield
        await closing.close(office=office.close)

    return running
