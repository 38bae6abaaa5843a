"""管辖分歧: disputes over the holder that wait for this superior, with both sides' stand and no person's data."""

from litestar import get

from cases.acts import available
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Forbidden
from foundation.language import N_
from foundation.store import instant
from handover import dispute_reading as disputes
from policies import gate
from policies.actions import Action
from web.case_list import type_names
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page


@get("/disputes")
async def disputes_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if not gate.may(subject, Action.HANDOVER_NAME_HOLDER):
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
    case: Case = await gate.fetch(session, subject, Action.HANDOVER_NAME_HOLDER, case_id)
    ready = [one.act.name for one in await available(session, subject, catalogue, case)]
    return page(
        request,
        "handover/dispute.html",
        title=N_("管辖分歧"),
        subject=subject,
        dispute=found,
        may_name="name-holder" in ready,
        types=await type_names(session),
        today=local_date(instant(session)),
    )


ROUTES = [disputes_page, dispute_page]
