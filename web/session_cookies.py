"""The cookies of signing in: of the session, and of the step between password and code."""

from typing import Literal

from litestar.datastructures import Cookie

from foundation import cookies
from foundation.settings import Settings
from web.page import AnyRequest


def token_in(request: AnyRequest) -> str:
    return request.cookies.get(cookies.SESSION, "")


def pending_in(request: AnyRequest) -> str:
    return request.cookies.get(cookies.PENDING, "")


def session_cookie(token: str, settings: Settings) -> Cookie:
    """Ends with the browser; the session's own limits are kept by the database. An empty token removes it."""
    return _cookie(cookies.SESSION, token, settings, "lax")


def pending_cookie(token: str, settings: Settings) -> Cookie:
    """Good for the second step alone."""
    return _cookie(cookies.PENDING, token, settings, "strict")


def _cookie(name: str, token: str, settings: Settings, samesite: Literal["lax", "strict"]) -> Cookie:
    secure = settings.public_url.startswith("https:")
    age = None if token else 0
    return Cookie(key=name, value=token, max_age=age, httponly=True, samesite=samesite, secure=secure, path="/")
