"""The session's token as a program or a browser sends it."""

from api.answers import AnyRequest
from foundation import cookies

BEARER = "Bearer "


def token_of(request: AnyRequest) -> str:
    """From the Authorization header, else from the cookie; empty when there is none."""
    header = request.headers.get("authorization", "")
    if header.startswith(BEARER):
        return header.removeprefix(BEARER)
    return request.cookies.get(cookies.SESSION, "")
