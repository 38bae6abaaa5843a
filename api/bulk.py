"""Many cases in one act: ordering a batch, its progress, its report, stopping the rest."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, respond
from api.endpoint import PREFIX, Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query
from cases.catalogue import Option
from foundation.errors import Forbidden
from foundation.idempotency import Answer
from foundation.language import N_
from handover import bulk_reading as reading
from handover.bulk_form import form_of
from handover.bulk_models import Batch, BatchKind, ItemState
from handover.bulk_reading import PAGE, BatchView, ItemView, Progress
from handover.bulk_start import Preview, cancel, may_start, options_for, preview, start

TAG = "handover"


class BatchDetail(Struct, frozen=True):
    batch: BatchView
    progress: Progress


class BatchPage(Struct, frozen=True):
    """The newest first; `before` leads to the next page, null = the last page."""

    rows: list[BatchView]
    before: UUID | None


class ItemPage(Struct, frozen=True):
    """In the order of the list; `after` leads to the next page, null = the last page."""

    rows: list[ItemView]
    after: int | None


class BatchesQuery(Struct, frozen=True, kw_only=True):
    before: Annotated[UUID, Meta(title=N_("接着上一页"))] | None = None
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=100)] = PAGE


class ItemsQuery(Struct, frozen=True, kw_only=True):
    state: Annotated[ItemState, Meta(title=N_("结果"))] | None = None
    after: Annotated[int, Meta(title=N_("接着上一页"), ge=0, le=1_000_000)] = 0
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=1000)] = PAGE


class OptionsQuery(Struct, frozen=True, kw_only=True):
    kind: Annotated[BatchKind, Meta(title=N_("办理什么"))]


async def list_batches(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, BatchesQuery)
    if not any(may_start(subject, kind) for kind in BatchKind):
        raise Forbidden
    rows = await reading.batches(session, subject, given.before, given.size + 1)
    shown = rows[: given.size]
    return respond(answer(BatchPage(shown, shown[-1].id if len(rows) > given.size else None)))


async def options(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    kind = query(request, OptionsQuery).kind
    if not may_start(subject, kind):
        raise Forbidden
    return respond(answer(await options_for(session, subject, kind)))


async def one_batch(session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    return respond(await _shown(session, await reading.batch_of(session, subject, batch_id)))


async def items(request: AnyRequest, session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    given = query(request, ItemsQuery)
    batch = await reading.batch_of(session, subject, batch_id)
    rows = await reading.items_of(session, subject, batch, state=given.state, after=given.after, size=given.size + 1)
    shown = rows[: given.size]
    return respond(answer(ItemPage(shown, shown[-1].ordinal if len(rows) > given.size else None)))


async def stop(session: TheSession, subject: TheSubject, batch_id: PathId) -> Response[bytes]:
    batch = await reading.batch_of(session, subject, batch_id)
    await cancel(session, subject, batch)
    await session.refresh(batch)
    return respond(await _shown(session, batch))


async def _shown(session: AsyncSession, batch: Batch, status: int = 200) -> Answer:
    detail = BatchDetail(await reading.view_of(session, batch), await reading.progress_of(session, batch))
    return answer(detail, status=status, headers={"Location": f"{PREFIX}/bulk/{batch.id}"} if status == 201 else {})


def _starting(kind: BatchKind) -> Callable[..., Any]:
    async def order(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
        form = await body(request, form_of(kind))

        async def produce() -> Answer:
            return await _shown(session, await start(session, subject, kind, form), 201)

        return await once(request, session, subject, produce)

    return order


def _previewing(kind: BatchKind) -> Callable[..., Any]:
    async def ahead(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
        return respond(answer(await preview(session, subject, kind, await body(request, form_of(kind)))))

    return ahead


NAMES = {
    BatchKind.OFFER: ("offers", "startBulkOffer"),
    BatchKind.REASSIGN: ("reassignments", "startBulkReassignment"),
    BatchKind.ACCEPT: ("acceptances", "startBulkAcceptance"),
    BatchKind.RETURN: ("returns", "startBulkReturn"),
    BatchKind.WITHDRAW: ("withdrawals", "startBulkWithdrawal"),
}
PREVIEWS = {
    BatchKind.OFFER: N_("批量移交的预览"),
    BatchKind.REASSIGN: N_("批量更换承办人的预览"),
    BatchKind.ACCEPT: N_("批量接收的预览"),
    BatchKind.RETURN: N_("批量退回的预览"),
    BatchKind.WITHDRAW: N_("批量撤回移交的预览"),
}
HELP = N_("每个案件按单件的同一程序、各自的事务办理；不能办的写明原因。看不到的案件与不存在的一样，为“没有找到”")

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/bulk",
        name="listBatches",
        tag=TAG,
        title=N_("本机构的批量办理"),
        handler=list_batches,
        query=BatchesQuery,
        answer=BatchPage,
    ),
    Endpoint(
        method="GET",
        path="/bulk/options",
        name="readBulkOptions",
        tag=TAG,
        title=N_("批量办理时可选的接收单位、人员和步骤"),
        handler=options,
        query=OptionsQuery,
        answer=dict[str, list[Option]],
    ),
    *(
        Endpoint(
            method="POST",
            path=f"/bulk/{path}",
            name=name,
            tag=TAG,
            title=kind.label,
            help=HELP,
            handler=_starting(kind),
            body=form_of(kind),
            answer=BatchDetail,
            status=201,
            once=True,
        )
        for kind, (path, name) in NAMES.items()
    ),
    *(
        Endpoint(
            method="POST",
            path=f"/bulk/{path}/preview",
            name=name.replace("start", "preview"),
            tag=TAG,
            title=PREVIEWS[kind],
            help=N_("将办理多少件、各在哪一步、哪些没有找到；什么也不办，也不须先声明"),
            handler=_previewing(kind),
            body=form_of(kind),
            answer=Preview,
        )
        for kind, (path, name) in NAMES.items()
    ),
    Endpoint(
        method="GET",
        path="/bulk/{batch_id:uuid}",
        name="readBatch",
        tag=TAG,
        title=N_("一个批次的进度"),
        handler=one_batch,
        answer=BatchDetail,
    ),
    Endpoint(
        method="GET",
        path="/bulk/{batch_id:uuid}/items",
        name="readBatchItems",
        tag=TAG,
        title=N_("每个案件的结果"),
        handler=items,
        query=ItemsQuery,
        answer=ItemPage,
    ),
    Endpoint(
        method="POST",
        path="/bulk/{batch_id:uuid}/cancel",
        name="cancelBatch",
        tag=TAG,
        title=N_("停止其余的"),
        help=N_("已办的不变；409 = 这一批已经结束"),
        handler=stop,
        answer=BatchDetail,
        refuses=(409,),
    ),
)
