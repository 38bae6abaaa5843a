"""管辖分歧: open disputes over the holder, for the superior, the other office and the conference; no person's data."""

from litestar import get

from cases.acts import available
from foundation.clock import local_date
from foundation.errors import Forbidden
from foundation.language import N_
from foundation.store import instant
from handover import dispute_reading as disputes
from web.case_list import type_names
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page

SAYINGS = ("name-holder", "state-claim", "coordinate-dispute")


@get("/disputes")
async def disputes_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if not disputes.has_a_say(subject):
        raise Forbidden
    return page(
        request,
        "handover/disputes.html",
        title=N_("管辖分歧"),
        subject=subject,
        disputes=await disputes.disputes_before(session, subject),
        today=local_date(instant(session)),
    )


@get("/disputes/{case_id:uuid}")
async def dispute_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    found = await disputes.dispute_before(session, subject, case_id)
    case = await disputes.fetch(session, subject, case_id)
    ready = [one for one in await available(session, subject, catalogue, case) if one.act.name in SAYINGS]
    return page(
        request,
        "handover/dispute.html",
        title=N_("管辖分歧"),
        subject=subject,
        dispute=found,
        ready=ready,
        types=await type_names(session),
        today=local_date(instant(session)),
    )


ROUTES = [disputes_page, dispute_page]
