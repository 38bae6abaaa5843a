"""经费: the way to every page of money that this post may open."""

from litestar import get

from foundation.errors import Forbidden
from foundation.language import N_
from web.funding_sections import sections
from web.given import TheSubject
from web.page import AnyRequest, PageResponse, page


@get("/funding")
async def funding_page(request: AnyRequest, subject: TheSubject) -> PageResponse:
    """No figure stands here: each is read where it is shown."""
    open_pages = sections(subject)
    if not open_pages:
        raise Forbidden
    return page(request, "funding/overview.html", title=N_("经费"), subject=subject, sections=open_pages)


ROUTES = [funding_page]
