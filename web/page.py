"""Every page is made here: the frame's context, and the answers that lead elsewhere."""

import hashlib
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import HttpMethod, Request, Response
from litestar.datastructures import Cookie, State
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_200_OK, HTTP_303_SEE_OTHER

from foundation.language import current_language
from tenants.subject import Subject
from web.navigation import navigation

AnyRequest = Request[Any, Any, State]
HTML = "text/html"


def page(
    request: AnyRequest,
    template: str,
    *,
    title: str,
    subject: Subject | None = None,
    status: int = HTTP_200_OK,
    **context: Any,
) -> Template:
    """A whole page. `title` is a msgid."""
    frame = {
        "title": title,
        "subject": subject,
        "owner": owner_mark(subject) if subject else "",
        "nav": navigation(subject, request.url.path) if subject else [],
        "unread": request.state.get("unread", 0),
        "language": current_language.get(),
        "here": request.url.path,
        "read_at": read_at(request),
    }
    return Template(template, context={**frame, **context}, status_code=status, media_type=HTML)


def read_at(request: AnyRequest) -> str:
    """The page's address; of one that only answers a form, the nearest above it that can be asked for."""
    path, route = request.url.path, request.scope.get("path_template", "")
    if request.method != HttpMethod.GET:
        readable = {one.path_format for one in request.app.routes if HttpMethod.GET in getattr(one, "methods", ())}
        while route and route not in readable:
            path, route = (one.rpartition("/")[0] for one in (path, route))
    return path or "/"


def owner_mark(subject: Subject) -> str:
    """Tells a browser whether the same person is signed in as before; says nothing of who it is."""
    return hashlib.sha256(b"draft" + subject.person_id.bytes).hexdigest()[:16]


def fragment(request: AnyRequest, template: str, status: int = HTTP_200_OK, **context: Any) -> Template:
    """A piece of a page, for htmx."""
    own = {"language": current_language.get(), "here": request.url.path}
    return Template(template, context={**own, **context}, status_code=status, media_type=HTML)


def go(address: str, *cookies: Cookie) -> Redirect:
    """After a POST: see the other page."""
    return Redirect(address, status_code=HTTP_303_SEE_OTHER, cookies=list(cookies))


def go_on(address: str, after: str, *cookies: Cookie) -> Redirect:
    """To a page that will lead on to `after`."""
    return Redirect(address, query_params={"next": after}, status_code=HTTP_303_SEE_OTHER, cookies=list(cookies))


def is_htmx(request: AnyRequest) -> bool:
    return request.headers.get("hx-request") == "true"


def own_address(address: str, otherwise: str = "/desk") -> str:
    """An address inside this site, as given; anything else becomes `otherwise`."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return quote(address, safe="/?=&%-_.~") if inside and address.isprintable() else otherwise


PageResponse = Response[Any]
