"""Policy documents down the tree, plans derived from them, receipts and reports."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once
from api.row_view import row_view, shown
from foundation.idempotency import Answer
from foundation.language import N_
from oversight.clause_reports import DutyView, ReportForm, duties, report
from oversight.document_drafts import (
    ClauseForm,
    HeadForm,
    NewClauseForm,
    NoticeForm,
    add_clause,
    correct_clause,
    draft_document,
    revise,
)
from oversight.document_issuing import approve, sign_receipt, withdraw
from oversight.document_reads import documents_of
from oversight.documents import PolicyDocument
from oversight.plan_view import DocumentView, document_view
from oversight.plans import PlanForm, derive, take_over

TAG = "documents"
DocumentRow = row_view("PolicyDocumentView", PolicyDocument, "commentary")
DocumentId = FromPath[UUID]


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer([shown(DocumentRow, one) for one in await documents_of(session, subject)]))


async def one(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
    return respond(answer(await document_view(session, subject, document_id)))


async def drafted(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, NoticeForm)
    return await _made(request, session, subject, lambda: draft_document(session, subject, form))


async def derived(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
) -> Response[Any]:
    form = await body(request, PlanForm)
    return await _made(request, session, subject, lambda: derive(session, subject, document_id, form))


async def revised(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
) -> Response[Any]:
    form = await body(request, HeadForm)
    return await _made(request, session, subject, lambda: revise(session, subject, document_id, form))


async def followed(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
) -> Response[Any]:
    form = await body(request, HeadForm)
    return await _made(request, session, subject, lambda: take_over(session, subject, document_id, form))


async def _made(
    request: AnyRequest, session: TheSession, subject: TheSubject, verb: Callable[[], Awaitable[PolicyDocument]]
) -> Response[Any]:
    async def produce() -> Answer:
        made = await verb()
        return answer(await document_view(session, subject, made.id), status=201)

    return await once(request, session, subject, produce)


async def corrected(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId, key: FromPath[UUID]
) -> Response[bytes]:
    await correct_clause(session, subject, document_id, key, await body(request, ClauseForm))
    return respond(answer(await document_view(session, subject, document_id)))


async def added(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
) -> Response[Any]:
    form = await body(request, NewClauseForm)

    async def produce() -> Answer:
        await add_clause(session, subject, document_id, form)
        return answer(await document_view(session, subject, document_id), status=201)

    return await once(request, session, subject, produce)


async def approved(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
    await approve(session, subject, document_id)
    return respond(answer(await document_view(session, subject, document_id)))


async def withdrawn(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
    await withdraw(session, subject, document_id)
    return respond(answer(await document_view(session, subject, document_id)))


async def receipted(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
    await sign_receipt(session, subject, document_id)
    return respond(answer(await document_view(session, subject, document_id)))


async def owed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await duties(session, subject)))


async def reported(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, ReportForm)

    async def produce() -> Answer:
        await report(session, subject, form)
        return answer(await duties(session, subject, own=True), status=201)

    return await once(request, session, subject, produce)


def _write(path: str, name: str, title: str, handler: Any, form: type[Struct] | None = None, **more: Any) -> Endpoint:
    return Endpoint(
        method=more.pop("method", "POST"), path=path, name=name, tag=TAG, title=title, handler=handler, body=form,
        answer=more.pop("answer", DocumentView), status=more.pop("status", 200), refuses=(409,), **more,
    )  # fmt: skip


HERE = "/documents"
THIS = HERE + "/{document_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path=HERE,
        name="documents",
        tag=TAG,
        title=N_("文件和方案：本级的、上级印发的和下级的"),
        handler=listed,
        answer=list[DocumentRow],  # type: ignore[valid-type]  # made from the table's columns
    ),
    Endpoint(
        method="GET",
        path=THIS,
        name="document",
        tag=TAG,
        title=N_("一份文件或者方案：逐条与上级对照，签收情况，上级新版的变化"),
        handler=one,
        answer=DocumentView,
    ),
    _write(HERE, "draftDocument", N_("按原文分条起草文件"), drafted, NoticeForm, status=201, once=True),
    _write(THIS + "/plan", "derivePlan", N_("依上级方案制定本级方案"), derived, PlanForm, status=201, once=True),
    _write(THIS + "/editions", "reviseDocument", N_("另出新版"), revised, HeadForm, status=201, once=True),
    _write(THIS + "/follow", "followAbove", N_("按上级新版另出本级新版"), followed, HeadForm, status=201, once=True),
    _write(THIS + "/clauses", "addClause", N_("增加条款"), added, NewClauseForm, status=201, once=True),
    _write(THIS + "/clauses/{key:uuid}", "correctClause", N_("更正条款"), corrected, ClauseForm, method="PUT"),
    _write(THIS + "/approval", "approveDocument", N_("会签；两方会签后印发下级"), approved),
    _write(THIS + "/withdrawal", "withdrawDocument", N_("撤回拟稿"), withdrawn),
    _write(THIS + "/receipt", "signReceipt", N_("签收文件"), receipted),
    Endpoint(
        method="GET",
        path="/clause-reports",
        name="clauseReports",
        tag=TAG,
        title=N_("条款落实情况：本级和下级，逾期的标明"),
        help=N_("按辖区排列，不排名次"),
        handler=owed,
        answer=list[DutyView],
    ),
    _write(
        "/clause-reports", "reportClause", N_("报告条款落实情况"), reported, ReportForm,
        answer=list[DutyView], status=201, once=True,
    ),
)  # fmt: skip
