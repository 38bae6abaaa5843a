"""One operation of the API: the route and its documentation come from the same row, so they can't drift."""

from collections.abc import Callable
from typing import Any

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.csrf import require_csrf

PREFIX = "/api/v1"
LARGEST_JSON = 1024 * 1024
"""Bytes: a joint visit of 500 people, each with an address, takes a quarter of it."""


class Endpoint(Struct, frozen=True, kw_only=True):
    """`path` with Litestar's parameters (`/cases/{case_id:uuid}`); `title` and `help` are msgids."""

    method: str
    path: str
    name: str
    tag: str
    title: str
    handler: Callable[..., Any]
    help: str = ""
    body: type[Struct] | None = None
    query: type[Struct] | None = None
    answer: Any = None
    status: int = 200
    versioned: bool = False
    """If-Match is required: 428 without, 412 when stale."""
    once: bool = False
    """Idempotency-Key is honoured."""
    public: bool = False
    upload: bool = False
    download: bool = False
    largest: int = LARGEST_JSON

    def route(self) -> HTTPRouteHandler:
        decorate = HTTPRouteHandler(
            PREFIX + self.path,
            http_method=self.method,  # type: ignore[arg-type]  # one of the methods of HTTP, checked by Litestar at start
            name=f"api.{self.name}",
            status_code=self.status,
            guards=[require_csrf],
            request_max_body_size=self.largest,
            media_type="application/json",
        )
        return decorate(self.handler)
