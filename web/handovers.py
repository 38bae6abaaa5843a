"""移交收件箱: what other offices offer to mine, with a preview and nothing more."""

from litestar import get

from cases.acts import available
from cases.models import Case
from foundation.errors import Forbidden
from foundation.language import N_
from foundation.store import instant
from handover import reading
from policies import gate
from policies.actions import Action
from web.case_list import type_names
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page

ANSWERS = ("accept-handover", "return-handover", "declare-conflict")


@get("/handovers")
async def inbox_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    if not gate.may(subject, Action.HANDOVER_PREVIEW):
        raise Forbidden
    return page(
        request,
        "handover/inbox.html",
        title=N_("移交收件箱"),
        subject=subject,
        offers=await reading.inbox(session, subject),
        types=await type_names(session),
        now=instant(session),
    )


@get("/handovers/{case_id:uuid}")
async def preview_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    """Enough to check for conflicts; no person, no statement, no attachment."""
    offer = await reading.preview(session, subject, case_id)
    case: Case = await gate.fetch(session, subject, Action.HANDOVER_PREVIEW, case_id)
    offered = await available(session, subject, catalogue, case)
    return page(
        request,
        "handover/preview.html",
        title=N_("移交预览"),
        subject=subject,
        offer=offer,
        answers=sorted(
            (one for one in offered if one.act.name in ANSWERS), key=lambda one: ANSWERS.index(one.act.name)
        ),
        types=await type_names(session),
    )


ROUTES = [inbox_page, preview_page]
