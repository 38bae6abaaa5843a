"""移交: inbox and outbox of the office, the preview of one offer, and what a handover moves, side by side."""

from collections.abc import Sequence

from litestar import get
from sqlalchemy.ext.asyncio import AsyncSession

from cases import acts
from cases.acts import Available, available
from cases.catalogue import Catalogue
from cases.models import Case
from foundation.errors import DomainError, Forbidden, NotFound
from foundation.language import N_
from foundation.store import instant
from handover import boxes, moving, reading
from handover.boxes import Box
from handover.bulk_models import BatchKind
from handover.bulk_start import may_start
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from web import once
from web.case_list import type_names
from web.forms.bound import BoundForm, fresh
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page

ANSWERS = ("accept-handover", "return-handover", "declare-conflict")
TICKED = {Box.WAITING: (BatchKind.ACCEPT, BatchKind.RETURN), Box.SENT: (BatchKind.WITHDRAW,)}
"""What may be done with several offers of a box at once."""


@get("/handovers")
async def boxes_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    own = boxes.boxes_of(subject)
    if not own:
        raise Forbidden
    asked = request.query_params.get("box", "")
    box = next((one for one in own if one == asked), own[0])
    return page(
        request,
        "handover/boxes.html",
        title=N_("移交箱"),
        subject=subject,
        boxes=own,
        box=box,
        counts=await boxes.counts_of(session, subject),
        found=await boxes.page_of(session, subject, box, request.query_params.get("after") or None),
        ticked=[kind for kind in TICKED.get(box, ()) if may_start(subject, kind)],
        batches=any(may_start(subject, kind) for kind in BatchKind),
        types=await type_names(session),
    )


@get("/handovers/{case_id:uuid}")
async def preview_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    """Enough to check for conflicts; no person, no statement, no attachment."""
    offer = await reading.preview(session, subject, case_id)
    case: Case = await gate.fetch(session, subject, Action.HANDOVER_PREVIEW, case_id)
    offered = [one for one in await available(session, subject, catalogue, case) if one.act.name in ANSWERS]
    answers = sorted(offered, key=lambda one: ANSWERS.index(one.act.name))
    return page(
        request,
        "handover/preview.html",
        title=N_("移交预览"),
        subject=subject,
        offer=offer,
        answers=answers,
        accept=await _accepting(session, subject, catalogue, case, answers),
        key=once.new_key(),
        moves=await moving.moves_here(session, subject, case, offer),
        types=await type_names(session),
        now=instant(session),
    )


@get("/cases/{case_id:uuid}/handover")
async def moves_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    """Before offering: choose a receiver and see what would move; nothing is done yet."""
    case: Case = await gate.fetch(session, subject, Action.HANDOVER_OFFER, case_id)
    options = await acts.options_of(session, subject, catalogue, case, "offer-handover")
    chosen = request.query_params.get("to_office_id", "")
    refusal, moves = None, None
    if chosen in {option.value for option in options["handover_targets"]}:
        try:
            moves = await moving.moves_to(session, subject, case_id, int(chosen))
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            refusal = error
    return page(
        request,
        "handover/moves.html",
        title=N_("移交前对照"),
        subject=subject,
        case=case,
        targets=options["handover_targets"],
        chosen=chosen,
        moves=moves,
        refusal=refusal,
    )


async def _accepting(
    session: AsyncSession, subject: Subject, catalogue: Catalogue, case: Case, answers: Sequence[Available]
) -> BoundForm | None:
    """The form of acceptance on the page itself; None while something stands in its way."""
    act = next((one.act for one in answers if one.act.name == ANSWERS[0] and one.refusal is None), None)
    if act is None:
        return None
    return fresh(act.form, {}, await acts.options_of(session, subject, catalogue, case, act.name))


ROUTES = [boxes_page, preview_page, moves_page]
