"""Orders across cases: the board of a tier, its counters, and matters of many cases."""

from typing import Annotated

from litestar import Response
from msgspec import Meta

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheCatalogue, TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from oversight import matters, order_board
from oversight.matter_models import DeedForm, GatherForm, MatterForm
from oversight.matter_reads import MatterPage, MatterView, matter_of, matters_of
from oversight.order_board import LONGEST, PAGE, Board, BoardQuery, Count
from oversight.paging import After

TAG = "oversight"


class ListQuery(BoardQuery, frozen=True, kw_only=True):
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=LONGEST)] = PAGE


async def board(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, ListQuery)
    return respond(answer(await order_board.board(session, subject, given, given.size)))


async def counts(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await order_board.counts(session, subject)))


async def listed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await matters_of(session, subject, query(request, After).after)))


async def one(session: TheSession, subject: TheSubject, matter_id: PathId) -> Response[bytes]:
    return respond(answer(await matter_of(session, subject, matter_id)))


async def opened(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue
) -> Response[bytes]:
    form = await body(request, MatterForm)

    async def produce() -> Answer:
        matter = await matters.open_matter(session, subject, catalogue, form)
        return answer(await matter_of(session, subject, matter.id), status=201)

    return await once(request, session, subject, produce)


async def gathered(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue, matter_id: PathId
) -> Response[bytes]:
    form = await body(request, GatherForm)

    async def produce() -> Answer:
        matter = await matters.gather(session, subject, catalogue, matter_id, form)
        return answer(await matter_of(session, subject, matter.id))

    return await once(request, session, subject, produce)


async def acted(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue, matter_id: PathId
) -> Response[bytes]:
    form = await body(request, DeedForm)

    async def produce() -> Answer:
        matter = await matters.act(session, subject, catalogue, matter_id, form)
        return answer(await matter_of(session, subject, matter.id))

    return await once(request, session, subject, produce)


ENDPOINTS = (
    Endpoint(
        method="GET", path="/orders", name="supervisionOrders", tag=TAG, title=N_("督办台账"),
        help=N_("未销号的按办结期限排列，逾期的在前；已销号的按销号时间排列。不列当事人。"),
        handler=board, query=ListQuery, answer=Board,
    ),
    Endpoint(
        method="GET", path="/orders/counts", name="supervisionOrderCounts", tag=TAG,
        title=N_("督办台账的合计"), handler=counts, answer=list[Count],
    ),
    Endpoint(
        method="GET", path="/matters", name="supervisionMatters", tag=TAG, title=N_("督办事项"),
        handler=listed, query=After, answer=MatterPage,
    ),
    Endpoint(
        method="GET", path="/matters/{matter_id:uuid}", name="supervisionMatter", tag=TAG,
        title=N_("一个督办事项：逐件进展和经过"), handler=one, answer=MatterView,
    ),
    Endpoint(
        method="POST", path="/matters", name="openSupervisionMatter", tag=TAG, title=N_("挂牌督办一个事项"),
        handler=opened, body=MatterForm, answer=MatterView, status=201, once=True, refuses=(409,),
    ),
    Endpoint(
        method="POST", path="/matters/{matter_id:uuid}/cases", name="gatherIntoMatter", tag=TAG,
        title=N_("向督办事项加入案件"), handler=gathered, body=GatherForm, answer=MatterView, once=True, refuses=(409,),
    ),
    Endpoint(
        method="POST", path="/matters/{matter_id:uuid}/deeds", name="actOnMatter", tag=TAG,
        title=N_("办理督办事项：催办、延期、登记回复、销号"), handler=acted, body=DeedForm, answer=MatterView,
        once=True, refuses=(409,),
    ),
)  # fmt: skip
