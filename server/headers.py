"""Security headers on every answer, pages, errors and files alike."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import BeforeMessageSendHookHandler, Message, Scope

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
STRICT = "max-age=31536000"
"""A year: a browser that came by https once comes by nothing else (RFC 6797)."""
FOREVER = "public, max-age=31536000, immutable"


def security_headers(*, https: bool) -> BeforeMessageSendHookHandler:
    """A door with a policy of its own (the operators' office, the API's page) keeps it."""
    added = HEADERS | ({"strict-transport-security": STRICT} if https else {})

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        for name, value in added.items():
            headers.setdefault(name, value)
        versioned = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
        headers.setdefault("cache-control", FOREVER if versioned else "no-store")

    return add
