"""A browser's cookie is sent by any page; the token is not. Asked of cookie sessions only: a bearer needs none.

Any other kind of Authorization (a browser sends Basic by itself) leaves the session to the cookie, and asks for it.
"""

import hashlib
import hmac

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from api.tokens import BEARER
from foundation import cookies
from foundation.errors import Forbidden
from foundation.language import N_

HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class CsrfRefused(Forbidden):
    code = "csrf_refused"
    message = N_("缺少或不符的 X-CSRF-Token；用 GET /api/v1/me 取得")


def csrf_token(key: bytes, session_token: str) -> str:
    """Bound to the session: nobody who lacks its cookie can make one."""
    return hmac.new(key, session_token.encode(), hashlib.sha256).hexdigest()


async def require_csrf(connection: ASGIConnection, _handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # guards take any connection
    """Litestar guard of every API route; not a plain function, for which Litestar would go to a thread."""
    if connection.scope.get("method") in SAFE or connection.headers.get("authorization", "").startswith(BEARER):
        return
    session_token = connection.cookies.get(cookies.SESSION)
    if not session_token:
        return  # not signed in: there is nothing to ride on
    expected = csrf_token(connection.app.state["csrf_key"], session_token)
    if not hmac.compare_digest(expected.encode(), connection.headers.get(HEADER, "").encode()):
        raise CsrfRefused
