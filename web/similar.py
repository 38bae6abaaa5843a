"""同类纠纷参考: how disputes of the same type ended, beside a case; figures alone, advisory, with their source."""

from litestar import get

from foundation.language import N_
from indicators.similar import similar
from policies import gate
from policies.actions import Action
from web.case_list import type_names
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page


@get("/cases/{case_id:uuid}/similar")
async def similar_page(request: AnyRequest, subject: TheSubject, session: TheSession, case_id: PathId) -> PageResponse:
    case = await gate.fetch(session, subject, Action.CASE_READ, case_id)
    return page(
        request,
        "cases/similar.html",
        title=N_("同类纠纷参考"),
        subject=subject,
        case=case,
        view=await similar(session, case),
        types=await type_names(session),
    )


ROUTES = [similar_page]
