"""收到的预警: all that are in force to the own office, page by page; the desk shows the few that wait for a receipt."""

from litestar import get

from foundation.errors import Forbidden
from foundation.language import N_
from oversight.warned import may_read, warnings_to
from web.case_list import type_names
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier

SIZE = 50


@get("/warnings")
async def warnings_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if not may_read(subject):
        raise Forbidden
    return page(
        request,
        "oversight/warnings.html",
        title=N_("收到的预警"),
        subject=subject,
        found=await warnings_to(session, subject, identifier(request, "after"), SIZE),
        types=await type_names(session),
    )


ROUTES = [warnings_page]
