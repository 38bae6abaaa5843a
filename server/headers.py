"""Security headers on every answer, pages, errors and files alike."""

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
CACHE = b"cache-control"
FOREVER = (CACHE, b"public, max-age=31536000, immutable")
NEVER = (CACHE, b"no-store")


def security_headers(*, https: bool) -> BeforeMessageSendHookHandler:
    """A door with a policy of its own (the operators' office, the API's page) keeps it."""
    chosen = HEADERS | ({"strict-transport-security": STRICT} if https else {})
    always = [(name.encode(), value.encode()) for name, value in chosen.items()]

    async def add(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        given = list(message.get("headers", ()))
        own = {name.lower() for name, _ in given}
        versioned = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
        added = (*always, FOREVER if versioned else NEVER)
        message["headers"] = given + [header for header in added if header[0] not in own]

    return add
