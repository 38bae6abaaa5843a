"""Handover: what waits for my office and elsewhere, what an offer shows and would move. Answering is an act."""

from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import query
from cases.models import Case
from foundation.errors import Forbidden
from foundation.language import N_
from handover import boxes, moving, reading
from handover.boxes import Box, BoxCounts, BoxPage
from handover.moving import Moves
from handover.reading import FullPreview, Preview
from policies import gate
from policies.actions import Action

TAG = "handover"

Chosen = Annotated[Box, Meta(title=N_("哪一类"))]


class BoxQuery(Struct, frozen=True, kw_only=True):
    box: Chosen
    after: Annotated[str, Meta(title=N_("接着上一页"), max_length=200)] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=100)] = boxes.PAGE


class MovesQuery(Struct, frozen=True, kw_only=True):
    to_office_id: Annotated[int, Meta(title=N_("移交给"))] | None = None


async def counts(session: TheSession, subject: TheSubject) -> Response[bytes]:
    if not boxes.boxes_of(subject):
        raise Forbidden
    return respond(answer(await boxes.counts_of(session, subject)))


async def one_box(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, BoxQuery)
    if given.box not in boxes.boxes_of(subject):
        raise Forbidden
    return respond(answer(await boxes.page_of(session, subject, given.box, given.after, given.size)))


async def moves(request: AnyRequest, session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    """Of the office that is named, for the holder; of the offer that stands, for its receiver."""
    office = query(request, MovesQuery).to_office_id
    if office is not None:
        return respond(answer(await moving.moves_to(session, subject, case_id, office)))
    offer = await reading.preview(session, subject, case_id)
    case: Case = await gate.fetch(session, subject, Action.HANDOVER_PREVIEW, case_id)
    return respond(answer(await moving.moves_here(session, subject, case, offer)))


async def inbox(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await reading.inbox(session, subject)))


async def preview(session: TheSession, subject: TheSubject, case_id: PathId) -> Response[bytes]:
    """The ETag is the version to accept or return with."""
    shown = await reading.preview(session, subject, case_id)
    return respond(answer(shown, version=shown.version))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/handover/inbox",
        name="handoverInbox",
        tag=TAG,
        title=N_("待接收的移交"),
        handler=inbox,
        answer=list[Preview],
    ),
    Endpoint(
        method="GET",
        path="/handover/counts",
        name="handoverCounts",
        tag=TAG,
        title=N_("移交箱的件数：只数待办的"),
        handler=counts,
        answer=BoxCounts,
    ),
    Endpoint(
        method="GET",
        path="/handover/boxes",
        name="handoverBox",
        tag=TAG,
        title=N_("移交箱：待答复、已发出、退回、近30天已答复"),
        handler=one_box,
        query=BoxQuery,
        answer=BoxPage,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/handover/moves",
        name="handoverMoves",
        tag=TAG,
        title=N_("移交前后对照：移交什么、谁能看到"),
        help=N_("承办方写明接收单位；接收方不写，看当前这次移交"),
        handler=moves,
        query=MovesQuery,
        answer=Moves,
    ),
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/handover",
        name="handoverPreview",
        tag=TAG,
        title=N_("移交预览：不含个人信息、陈述和附件"),
        handler=preview,
        answer=FullPreview,
    ),
)
