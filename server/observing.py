"""Around every request: its id, one line in the log, its place in the metrics.

What is written down of a request: method, route *pattern*, status, duration, and of the subject tenant and role.
Never its address as sent, its query, a header, a name, or where it came from.
"""

from time import perf_counter

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from foundation import metrics
from foundation.request_id import HEADER, current_request, given_or_new

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
UNREMARKABLE = ("/health", "/ready", "/static")
"""Asked all the time; on record only at level debug."""

HEADER_NAME = HEADER.encode()

log = structlog.get_logger(__name__)


def observed(app: ASGIApp) -> ASGIApp:
    """The outermost layer: it sees also what no route matches, and the answer as it goes out."""

    async def observing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return await app(scope, receive, send)
        given = next((value for name, value in scope["headers"] if name == HEADER_NAME), b"")
        token = current_request.set(given_or_new(given.decode("latin-1")))
        try:
            await _observe(app, scope, receive, send)
        finally:
            current_request.reset(token)

    return observing


async def _observe(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    started, status = perf_counter(), 0

    async def watched(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            others = [header for header in message.get("headers", ()) if header[0] != HEADER_NAME]
            message["headers"] = [*others, (HEADER_NAME, current_request.get().encode())]
        await send(message)

    with metrics.IN_FLIGHT.track_inprogress():
        try:
            await app(scope, receive, watched)
        finally:
            _told(scope, status, perf_counter() - started)


def _told(scope: HTTPScope, status: int, seconds: float) -> None:
    """Status 0: no answer went out, because the other side had left or the process was stopped."""
    route = scope.get("path_template") or UNMATCHED
    method = scope["method"] if scope["method"] in METHODS else "other"
    metrics.REQUESTS.labels(method, route, f"{status // 100}xx" if status else "none").inc()
    metrics.DURATION.labels(method, route).observe(seconds)
    subject = scope.get("state", {}).get("subject")
    write = log.debug if route.startswith(UNREMARKABLE) and status < 400 else log.info
    write(
        "request",
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 1),
        tenant=subject.tenant_id if subject else None,
        role=subject.role if subject else None,
    )
