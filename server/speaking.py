"""In which language a request is answered: people by their cookie, programs by Accept-Language."""

from http.cookies import CookieError, SimpleCookie

from litestar.types import ASGIApp, Receive, Scope, Send

from foundation import cookies
from foundation.language import LANGUAGES, speaking


def speak(app: ASGIApp) -> ASGIApp:
    """Sets the current language around the request."""

    async def spoken(scope: Scope, receive: Receive, send: Send) -> None:
        with speaking(language_of(scope)):
            await app(scope, receive, send)

    return spoken


def language_of(scope: Scope) -> str:
    """Chinese unless English was chosen."""
    if scope["path"].startswith("/api/"):
        return "en" if _header(scope, b"accept-language").lower().startswith("en") else "zh"
    try:
        chosen = SimpleCookie(_header(scope, b"cookie")).get(cookies.LANGUAGE)
    except CookieError:
        return "zh"
    return chosen.value if chosen and chosen.value in LANGUAGES else "zh"


def _header(scope: Scope, wanted: bytes) -> str:
    """The last one of that name; empty without."""
    return dict(scope["headers"]).get(wanted, b"").decode("latin-1")
