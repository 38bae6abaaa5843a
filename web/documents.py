"""文件与方案: what was issued above, below and here; receipts; the own plan beside the one above, clause by clause."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, NotFound
from foundation.language import N_, translate
from oversight.document_deeds import PRESSES, WRITINGS, Pressed, Written
from oversight.document_drafts import (
    ClauseForm,
    HeadForm,
    NewClauseForm,
    NoticeForm,
    correct_clause,
    draft_document,
    tier_options,
)
from oversight.document_reads import document_at, documents_of, may, names_of
from oversight.documents import DocumentStatus
from oversight.plan_view import ClauseView, DocumentView, document_view
from oversight.plans import PlanForm
from policies.actions import Action
from tenants.models import Tenant
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.sent import said, sent
from web.typed_query import identifier

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
    return await show_document(request, subject, session, document_id)


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


def _press(deed: Pressed) -> HTTPRouteHandler:
    """A button without a form: what hinders it is told on the page."""

    async def pressed(
        request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
    ) -> PageResponse:
        try:
            async with session.begin_nested():
                await deed.verb(session, subject, document_id)
        except NotFound:
            raise
        except DomainError as error:
            return await show_document(request, subject, session, document_id, error=error)
        return go(f"{HERE}/{document_id}")

    return post(f"{THIS}/{deed.path}", name=f"documents.{deed.path}")(pressed)


def _writing(deed: Written) -> HTTPRouteHandler:
    """What is refused is shown again in its own form of the page."""

    async def written(
        request: AnyRequest, subject: TheSubject, session: TheSession, document_id: PathId
    ) -> PageResponse:
        async def done(filled: Any) -> str:
            made = await deed.verb(session, subject, document_id, filled)
            return f"{HERE}/{document_id if deed.stays else made.id}"

        async def again(shown: BoundForm, error: DomainError) -> PageResponse:
            return await show_document(request, subject, session, document_id, {deed.path: shown}, error)

        return await sent(request, subject, session, deed.form, done, again, _tiers(subject))

    return post(f"{THIS}/{deed.path}", name=f"documents.{deed.path}")(written)


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
    found = await documents_of(session, subject, identifier(request, "after"))
    return page(
        request,
        "documents/list.html",
        title=N_("文件与方案"),
        subject=subject,
        documents=found.documents,
        after=found.after,
        first="after" not in request.query_params,
        names=await names_of(session, [one.tenant_id for one in found.documents]),
        form=form,
        drafts=may(subject, Action.DOCUMENT_DRAFT),
        **said(error),
    )


async def show_document(
    request: AnyRequest,
    subject: Subject,
    session: AsyncSession,
    document_id: UUID,
    forms: dict[str, BoundForm] | None = None,
    error: DomainError | None = None,
) -> PageResponse:
    """The document with its forms; `forms`: those refused, by the last part of their address."""
    row = await document_at(session, subject, document_id)
    own = row.tenant_id == subject.tenant_id
    head = {"title": row.title, "number": "", "dated": ""}
    fresh_forms = {
        "plan": fresh(PlanForm, {"title": row.title}, _tiers(subject)),
        "editions": fresh(HeadForm, head, _tiers(subject)),
        "follow": fresh(HeadForm, head, _tiers(subject)),
        "clauses": fresh(NewClauseForm, {}, {}),
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
        and any(one.tenant_id == subject.tenant_id and not (one.signed_at or one.ended_at) for one in view.receipts),
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
    clause_page,
    clause_post,
    *(_press(deed) for deed in PRESSES),
    *(_writing(deed) for deed in WRITINGS),
]
