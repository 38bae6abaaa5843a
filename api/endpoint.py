"""One operation of the API: the route and its documentation come from the same row, so they can't drift."""

from collections.abc import Callable
from typing import Any

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from api.csrf import require_csrf
from tenants.tokens import TokenScope

PREFIX = "/api/v1"
LARGEST_JSON = 1024 * 1024
"""Bytes: a joint visit of 500 people, each with an address, takes a quarter of it."""
TOKEN_SCOPE = "token_scope"
"""Under this name a route tells the scope that a program's token must have (`server/edge.py` asks)."""


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
    otherwise: tuple[int, Any] | None = None
    """Another good answer: its status and type."""
    versioned: bool = False
    """If-Match is required: 428 without, 412 when stale."""
    once: bool = False
    """Idempotency-Key is honoured."""
    refuses: tuple[int, ...] = ()
    """Further refusals by status, beyond those that follow from the kind of operation: 409, 422."""
    public: bool = False
    upload: bool = False
    download: bool = False
    kinds: tuple[str, ...] = ("application/octet-stream",)
    """Media types of what is downloaded."""
    limited: bool = False
    """Tries are counted: 429 with Retry-After."""
    largest: int = LARGEST_JSON
    scope: TokenScope | None = None
    """What a program's token must be made for; without a word of its own, reading or acting by the method."""

    @property
    def token_scope(self) -> TokenScope:
        return self.scope or (TokenScope.READ if self.method == "GET" else TokenScope.ACT)

    def route(self) -> HTTPRouteHandler:
        decorate = HTTPRouteHandler(
            PREFIX + self.path,
            http_method=self.method,  # type: ignore[arg-type]  # one of the methods of HTTP, checked by Litestar at start
            name=f"api.{self.name}",
            status_code=self.status,
            guards=[require_csrf],
            request_max_body_size=self.largest,
            media_type="application/json",
            opt={TOKEN_SCOPE: self.token_scope},
        )
        return decorate(self.handler)
