"""投诉: what the own office decides; and the window's way to the form for an oral one, by number."""

from litestar import get

from cases.lookup import by_number
from foundation.errors import Forbidden, NotFound
from foundation.language import N_
from foundation.store import instant
from oversight.complaints import complaints_to, numbers_of
from policies import gate
from policies.actions import Action
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page


@get("/complaints")
async def complaints_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """Without a number: the list, or the question for one. With a number: to the form."""
    decides = gate.may(subject, Action.COMPLAINT_HANDLE)
    records = gate.may(subject, Action.COMPLAINT_RECORD)
    if not decides and not records:
        raise Forbidden
    number = request.query_params.get("number", "")
    if number and records:
        case_id = await by_number(session, subject, number, Action.COMPLAINT_RECORD)
        if case_id is None:
            raise NotFound
        return go(f"/cases/{case_id}/acts/record-complaint")
    complaints = await complaints_to(session, subject) if decides else ()
    return page(
        request,
        "oversight/complaints.html",
        title=N_("投诉"),
        subject=subject,
        decides=decides,
        records=records,
        complaints=complaints,
        numbers=await numbers_of(session, complaints),
        now=instant(session),
    )


ROUTES = [complaints_page]
