"""Chinese first, English by switch: kept in a cookie, so that it works before sign-in too."""

from litestar import post
from litestar.datastructures import Cookie

from foundation import cookies
from foundation.language import LANGUAGES
from tenants import sessions
from web.given import TheStore
from web.page import AnyRequest, PageResponse, go, own_address
from web.posted import fields_in

YEAR = 365 * 24 * 3600


@post("/language")
async def switch_language(request: AnyRequest, store: TheStore) -> PageResponse:
    """Who is signed in finds the language again on the next device."""
    data = await fields_in(request)
    chosen = data.get("language", ["zh"])[0]
    language = chosen if chosen in LANGUAGES else "zh"
    if token := request.cookies.get(cookies.SESSION):
        await sessions.set_language(store, token, language)
    return go(own_address(data.get("next", [""])[0], "/"), language_cookie(language))


def language_cookie(language: str) -> Cookie:
    return Cookie(key=cookies.LANGUAGE, value=language, max_age=YEAR, httponly=True, samesite="lax", path="/")


ROUTES = [switch_language]
