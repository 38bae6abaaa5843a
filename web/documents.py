"""文件与方案: what was issued above, below and here; receipts; the own plan beside the one above, clause by clause."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get, post
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, NotFound
from foundation.language import N_, translate
from oversight.attachments import attach, attachment_at
from oversight.document_drafts import (
    ClauseForm,
    HeadForm,
    NewClauseForm,
    NoticeForm,
    add_clause,
    correct_clause,
    draft_document,
    revise,
    tier_options,
)
from oversight.document_issuing import approve, sign_receipt, withdraw
from oversight.document_reads import document_at, documents_of, may, names_of
from oversight.documents import DocumentStatus
from oversight.plan_view import ClauseView, DocumentView, document_view
from oversight.plans import PlanForm, derive, take_over
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import files_in
from web.sent import said, sent

HERE = "/documents"
THIS = HERE + "/{document_id:uuid}"


@get(HERE)
async def documents_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _list(request, subject, session, fresh(NoticeForm, {}, _tiers(subject)))


@post(HERE)
async def draft_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def verb(form: Any) -> str:
        return f"{HERE}/{(await draft_document(session, subject, form)).id}"

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _list(request, subject, session, form, error)

    return await sent(request, subject, session, NoticeForm, verb, again, _tiers(subject))


@get(THIS)
async def document_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _one(request, subject, session, document_id)


@post(THIS + "/approval")
async def approve_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _pressed(request, subject, session, document_id, approve)


@post(THIS + "/withdrawal")
async def withdraw_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _pressed(request, subject, session, document_id, withdraw)


@post(THIS + "/receipt")
async def receipt_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _pressed(request, subject, session, document_id, sign_receipt)


@post(THIS + "/plan")
async def derive_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _made(request, subject, session, document_id, "plan", PlanForm, derive)


@post(THIS + "/editions")
async def revise_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _made(request, subject, session, document_id, "edition", HeadForm, revise)


@post(THIS + "/follow")
async def follow_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _made(request, subject, session, document_id, "edition", HeadForm, take_over)


@post(THIS + "/clauses")
async def clause_added(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    return await _made(request, subject, session, document_id, "clause", NewClauseForm, add_clause)


@get(THIS + "/clauses/{key:uuid}")
async def clause_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId, key: PathId
) -> PageResponse:
    view, clause = await _clause(session, subject, document_id, key)
    form = fresh(ClauseForm, {}, {})
    form.typed.update(
        stance=clause.stance or "",
        text=clause.text,
        reason=clause.reason or "",
        report_by=str(clause.report_by or ""),
    )
    return _clause_page(request, subject, view, clause, form)


@post(THIS + "/clauses/{key:uuid}")
async def clause_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId, key: PathId
) -> PageResponse:
    view, clause = await _clause(session, subject, document_id, key)

    async def verb(form: Any) -> str:
        await correct_clause(session, subject, document_id, key, form)
        return f"{HERE}/{document_id}#c{clause.key}"

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return _clause_page(request, subject, view, clause, form, error)

    return await sent(request, subject, session, ClauseForm, verb, again)


@post(THIS + "/attachments")
async def attachment_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
) -> PageResponse:
    upload = (await files_in(request)).get("file")
    try:
        if upload is not None:
            async with session.begin_nested():
                await attach(session, subject, document_id, upload.filename, await upload.read())
    except NotFound:
        raise
    except DomainError as error:
        return await _one(request, subject, session, document_id, error=error)
    return go(f"{HERE}/{document_id}")


@get(THIS + "/attachments/{attachment_id:uuid}")
async def attachment_download(
    subject: TheSubject, session: TheSession, document_id: PathId, attachment_id: PathId
) -> PageResponse:
    """Always a download, never shown inside our own pages."""
    found = await attachment_at(session, subject, document_id, attachment_id)
    disposition = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(found.content, media_type=found.media_type, headers={"content-disposition": disposition})


Press = Callable[[AsyncSession, Subject, UUID], Awaitable[Any]]


async def _pressed(
    request: AnyRequest, subject: Subject, session: AsyncSession, document_id: UUID, verb: Press
) -> PageResponse:
    """A button without a form: what hinders it is told on the page."""
    try:
        async with session.begin_nested():
            await verb(session, subject, document_id)
    except NotFound:
        raise
    except DomainError as error:
        return await _one(request, subject, session, document_id, error=error)
    return go(f"{HERE}/{document_id}")


async def _made(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    document_id: UUID,
    name: str,
    form: Any,
    verb: Callable[[AsyncSession, Subject, UUID, Any], Awaitable[Any]],
) -> PageResponse:
    """`name`: which of the page's forms it was; a clause stays on the page, an edition or a plan has one of its own."""

    async def done(filled: Any) -> str:
        made = await verb(session, subject, document_id, filled)
        return f"{HERE}/{document_id if name == 'clause' else made.id}"

    async def again(shown: BoundForm, error: DomainError) -> PageResponse:
        return await _one(request, subject, session, document_id, {name: shown}, error)

    return await sent(request, subject, session, form, done, again, _tiers(subject))


async def _clause(
    session: AsyncSession, subject: Subject, document_id: UUID, key: UUID
) -> tuple[DocumentView, ClauseView]:
    view = await document_view(session, subject, document_id)
    found = next((one for one in view.clauses if one.key == key), None)
    if found is None:
        raise NotFound
    return view, found


def _tiers(subject: Subject) -> dict[str, Sequence[Option]]:
    return {"lower_tiers": [Option(code, translate(name)) for code, name in tier_options(subject)]}


async def _list(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    found = await documents_of(session, subject)
    return page(
        request,
        "documents/list.html",
        title=N_("文件与方案"),
        subject=subject,
        documents=found,
        names=await names_of(session, [one.tenant_id for one in found]),
        form=form,
        drafts=may(subject, Action.DOCUMENT_DRAFT),
        **said(error),
    )


async def _one(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    document_id: UUID,
    forms: dict[str, BoundForm] | None = None,
    error: DomainError | None = None,
) -> PageResponse:
    row = await document_at(session, subject, document_id)
    own = row.tenant_id == subject.tenant_id
    head = {"title": row.title, "number": "", "dated": ""}
    fresh_forms = {
        "plan": fresh(PlanForm, {"title": row.title}, _tiers(subject)),
        "edition": fresh(HeadForm, head, _tiers(subject)),
        "clause": fresh(NewClauseForm, {}, {}),
    }
    view = await document_view(session, subject, document_id)
    return page(
        request,
        "documents/document.html",
        title=N_("文件与方案"),
        subject=subject,
        view=view,
        own=own,
        drafting=own and view.status == DocumentStatus.DRAFT and may(subject, Action.DOCUMENT_DRAFT),
        approving=own and view.status == DocumentStatus.DRAFT and may(subject, Action.DOCUMENT_APPROVE),
        revising=own and view.status == DocumentStatus.ISSUED and may(subject, Action.DOCUMENT_DRAFT),
        deriving=not own and view.status == DocumentStatus.ISSUED and may(subject, Action.DOCUMENT_DRAFT)
        and view.tenant_id in await _above(session, subject),
        signing=may(subject, Action.DOCUMENT_RECEIVE)
        and any(one.tenant_id == subject.tenant_id and not one.signed_at for one in view.receipts),
        forms_by_name={**fresh_forms, **(forms or {})},
        **said(error),
    )  # fmt: skip


async def _above(session: AsyncSession, subject: Subject) -> tuple[int | None, ...]:
    own = await session.get(Tenant, subject.tenant_id)
    return (own.province_id, own.prefecture_id, own.county_id) if own else ()


def _clause_page(
    request: AnyRequest,
    subject: Subject,
    view: DocumentView,
    clause: ClauseView,
    form: BoundForm,
    error: DomainError | None = None,
) -> PageResponse:
    return page(
        request,
        "documents/clause.html",
        title=N_("更正条款"),
        subject=subject,
        view=view,
        clause=clause,
        form=form,
        **said(error),
    )


ROUTES = [
    documents_page,
    draft_post,
    document_page,
    approve_post,
    withdraw_post,
    receipt_post,
    derive_post,
    revise_post,
    follow_post,
    clause_added,
    clause_page,
    clause_post,
    attachment_post,
    attachment_download,
]
