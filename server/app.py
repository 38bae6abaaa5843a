"""The web application: the one composition root of both doors and the operators' office."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog
from litestar import Litestar, Request, Response
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template.config import TemplateConfig

from access.looks import Remembered
from api.problems import render as api_problem
from api.routes import routes as api_routes
from cases.catalogue import Catalogue
from cases.relations import CaseRelations
from foundation import closing, cookies, mishaps
from foundation.database_refusals import Busy, named_refusal
from foundation.errors import DomainError
from foundation.live import Live
from foundation.queue_length import queue_length, running_jobs
from foundation.wake import Waker
from policies.reload import reloading
from policies.start import open_gate
from server.catalogue import catalogue as compose_catalogue
from server.edge import dependencies
from server.handlers import HANDLERS, unheard_of
from server.headers import security_headers
from server.health import ROUTES as HEALTH
from server.observing import observed
from server.operators import closing_office, mounted, operators_office
from server.parts import Parts, parts_from_environment
from server.readiness import Readiness
from server.speaking import speak
from tenants.sessions import alive
from web.problems import render as page_problem
from web.rendering import STATIC, environment
from web.routes import routes as page_routes

log = structlog.get_logger(__name__)

AnyRequest = Request[Any, Any, State]
LARGEST_BODY = 21 * 1024 * 1024
"""Bytes: a file of 20 MB and the form around it."""


def create_app() -> Litestar:
    """For the web server: everything from the environment."""
    return build_app(parts_from_environment(), compose_catalogue())


def build_app(parts: Parts, catalogue: Catalogue) -> Litestar:
    """The application over the given parts; the gate opens before the first request."""
    office = operators_office(parts)
    readiness = Readiness(parts.addresses)
    live = Live(parts.addresses.redis, partial(alive, parts.store), lambda: readiness.draining)
    app = Litestar(
        route_handlers=[
            *HEALTH,
            mounted(office),
            *page_routes(),
            *api_routes(catalogue),
            create_static_files_router(path="/static", directories=[STATIC], send_as_attachment=False),
        ],
        dependencies=dependencies(parts.settings, parts.store, catalogue),
        exception_handlers={HTTPException: problem, DomainError: problem, Exception: problem},
        csrf_config=_csrf(parts),
        template_config=TemplateConfig(instance=JinjaTemplateEngine(engine_instance=environment())),
        before_send=[security_headers(https=_is_https(parts))],
        lifespan=[_lifespan(parts, readiness, live), closing_office(office)],
        state=State(
            {
                "files": parts.files,
                "auditor": parts.auditor,
                "attempts": parts.attempts,
                "looks": Remembered(),
                "csrf_key": parts.secret.key("api-csrf"),
                "operators_office": office,
                "readiness": readiness,
                "queue": lambda: queue_length(readiness.redis),
                "running": lambda: running_jobs(readiness.redis),
                "webhook_networks": parts.settings.webhook_networks,
                "live": live,
            }
        ),
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,  # its tracebacks print local variables, and with them personal data
    )
    app.asgi_handler = observed(speak(app.asgi_handler))
    return app


async def start(parts: Parts) -> None:
    """What must stand before the first request: the gate; without rules it refuses to open."""
    await open_gate(parts.store, CaseRelations())


def problem(request: AnyRequest, error: Exception) -> Response[Any]:
    """Programs get problem details, people get a page; what the database refused is named for both here."""
    named = error if isinstance(error, DomainError) else named_refusal(error) or error
    if isinstance(named, Busy):
        log.warning("busy", kind=mishaps.described(error)["kind"])
    render: Callable[[AnyRequest, Exception], Response[Any]] = (
        api_problem if request.url.path.startswith("/api/") else page_problem
    )
    shown = render(request, named)
    if isinstance(named, DomainError) and named.retry_after is not None:
        shown.headers["Retry-After"] = str(named.retry_after)
    return shown


def _csrf(parts: Parts) -> CSRFConfig:
    return CSRFConfig(
        secret=parts.secret.csrf,
        cookie_name=cookies.CSRF,
        cookie_httponly=True,
        cookie_secure=_is_https(parts),
        exclude=["^/api/", "^/admin"],
    )


def _is_https(parts: Parts) -> bool:
    """As people reach it: the proxy in front ends TLS, so a request itself does not tell."""
    return parts.settings.public_url.startswith("https:")


def _lifespan(parts: Parts, readiness: Readiness, live: Live) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def running(_: Litestar) -> AsyncIterator[None]:
        await start(parts)
        waker = parts.store.after_commit = Waker(parts.addresses.redis, unheard_of(HANDLERS))
        async with reloading(parts.store, CaseRelations(), parts.addresses.app), live.running():
            yield
        await closing.close(readiness=readiness.close, waker=waker.close)
        await parts.close()

    return running
