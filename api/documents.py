"""Policy documents down the tree, plans derived from them, receipts and reports."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once, query
from api.row_view import row_view, shown
from foundation.idempotency import Answer
from foundation.language import N_
from oversight.clause_duties import DutyPage, duties
from oversight.clause_reports import ReportForm, report
from oversight.document_deeds import PRESSES, WRITINGS, Pressed, Written
from oversight.document_drafts import ClauseForm, NoticeForm, correct_clause, draft_document
from oversight.document_reads import documents_of
from oversight.documents import PolicyDocument
from oversight.plan_view import DocumentView, document_view

TAG = "documents"
HERE = "/documents"
THIS = HERE + "/{document_id:uuid}"
DocumentRow = row_view("PolicyDocumentView", PolicyDocument, "commentary")
DocumentId = FromPath[UUID]
After = Annotated[UUID, Meta(title=N_("接着上一页"))]


class DocumentsQuery(Struct, frozen=True, kw_only=True):
    after: After | None = None


class DutiesQuery(Struct, frozen=True, kw_only=True):
    own: Annotated[bool, Meta(title=N_("只看本级的"))] = False
    after: After | None = None


class Documents(Struct, frozen=True):
    documents: list[DocumentRow]  # type: ignore[valid-type]  # made from the table's columns
    after: UUID | None


async def listed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    found = await documents_of(session, subject, query(request, DocumentsQuery).after)
    return respond(answer(Documents([shown(DocumentRow, one) for one in found.documents], found.after)))


async def one(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
    return respond(answer(await document_view(session, subject, document_id)))


async def drafted(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, NoticeForm)

    async def produce() -> Answer:
        made = await draft_document(session, subject, form)
        return answer(await document_view(session, subject, made.id), status=201)

    return await once(request, session, subject, produce)


async def corrected(
    request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId, key: FromPath[UUID]
) -> Response[bytes]:
    await correct_clause(session, subject, document_id, key, await body(request, ClauseForm))
    return respond(answer(await document_view(session, subject, document_id)))


async def owed(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    asked = query(request, DutiesQuery)
    return respond(answer(await duties(session, subject, own=asked.own, after=asked.after)))


async def reported(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, ReportForm)

    async def produce() -> Answer:
        await report(session, subject, form)
        return answer(await duties(session, subject, own=True), status=201)

    return await once(request, session, subject, produce)


def _press(deed: Pressed) -> Endpoint:
    async def pressed(session: TheSession, subject: TheSubject, document_id: DocumentId) -> Response[bytes]:
        await deed.verb(session, subject, document_id)
        return respond(answer(await document_view(session, subject, document_id)))

    return _write(f"{THIS}/{deed.path}", deed.name, deed.title, pressed)


def _writing(deed: Written) -> Endpoint:
    async def written(
        request: AnyRequest, session: TheSession, subject: TheSubject, document_id: DocumentId
    ) -> Response[Any]:
        form = await body(request, deed.form)

        async def produce() -> Answer:
            made = await deed.verb(session, subject, document_id, form)
            shown_id = document_id if deed.stays else made.id
            return answer(await document_view(session, subject, shown_id), status=201)

        return await once(request, session, subject, produce)

    return _write(f"{THIS}/{deed.path}", deed.name, deed.title, written, deed.form, status=201, once=True)


def _write(path: str, name: str, title: str, handler: Any, form: type[Struct] | None = None, **more: Any) -> Endpoint:
    return Endpoint(
        method=more.pop("method", "POST"), path=path, name=name, tag=TAG, title=title, handler=handler, body=form,
        answer=more.pop("answer", DocumentView), status=more.pop("status", 200), refuses=(409,), **more,
    )  # fmt: skip


ENDPOINTS = (
    Endpoint(
        method="GET",
        path=HERE,
        name="documents",
        tag=TAG,
        title=N_("文件和方案：本级的、上级印发的和下级的"),
        handler=listed,
        query=DocumentsQuery,
        answer=Documents,
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
    *(_writing(deed) for deed in WRITINGS),
    _write(THIS + "/clauses/{key:uuid}", "correctClause", N_("更正条款"), corrected, ClauseForm, method="PUT"),
    *(_press(deed) for deed in PRESSES),
    Endpoint(
        method="GET",
        path="/clause-reports",
        name="clauseReports",
        tag=TAG,
        title=N_("条款落实情况：本级和下级，逾期的标明"),
        help=N_("按辖区排列，不排名次"),
        handler=owed,
        query=DutiesQuery,
        answer=DutyPage,
    ),
    _write(
        "/clause-reports", "reportClause", N_("报告条款落实情况"), reported, ReportForm,
        answer=DutyPage, status=201, once=True,
    ),
)  # fmt: skip
