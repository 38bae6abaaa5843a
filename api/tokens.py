"""The session's token as a program or a browser sends it."""

from api.answers import AnyRequest
from foundation import cookies
from tenants.token_kind import is_token

BEARER = "Bearer "


def token_of(request: AnyRequest) -> str:
    """From the Authorization header, else from the cookie; empty when there is none."""
    header = request.headers.get("authorization", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER)
    return request.cookies.get(cookies.SESSION, "")


def program_token(request: AnyRequest) -> str | None:
    """A program's token counts in the Authorization header only: no cookie, no address can carry it."""
    header = request.headers.get("authorization", "")
    token = header.removeprefix(BEARER)
    return token if header.startswith(BEARER) and is_token(token) else None
