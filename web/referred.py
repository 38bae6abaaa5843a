"""我转送的事项: what this petition office sent, where it stands, what came back."""

from litestar import get

from foundation.errors import Forbidden
from foundation.language import N_
from oversight.referred import referred_items
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.typed_query import identifier

SIZE = 50


@get("/referred")
async def referred_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if not gate.may(subject, Action.REFERRAL_SEND, Relation.REFERRED):
        raise Forbidden
    returned = request.query_params.get("returned") == "1"
    return page(
        request,
        "oversight/referred.html",
        title=N_("转送交办的事项"),
        subject=subject,
        found=await referred_items(session, subject, identifier(request, "after"), returned=returned, size=SIZE),
        returned=returned,
    )


ROUTES = [referred_page]
