"""Finding documents: row-level security keeps what lies beside the own line of the tree out of sight."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, NotFound, invalid
from foundation.language import N_
from oversight.documents import DocumentClause, DocumentStatus, PolicyDocument
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

PAGE = 50


class NotDraft(Conflict):
    code = "document_not_draft"
    message = N_("只有拟稿可以修改、会签和撤回；已印发的请另出新版")


class NotIssued(Conflict):
    code = "document_not_issued"
    message = N_("只有现行的已印发文件可以签收、报告和据以制定方案")


class DocumentPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    documents: Sequence[PolicyDocument]
    after: UUID | None


def may(subject: Subject, action: Action) -> bool:
    return gate.may(subject, action, Relation.NONE)


def own_tenant(subject: Subject, action: Action) -> int:
    """The tenant for which the subject may do it; raises Forbidden."""
    gate.require_role(subject, action, Relation.NONE)
    if subject.tenant_id is None:
        raise Forbidden
    return subject.tenant_id


async def document_at(session: AsyncSession, subject: Subject, document_id: UUID) -> PolicyDocument:
    """Raises Forbidden, NotFound."""
    gate.require_role(subject, Action.DOCUMENT_READ, Relation.NONE)
    found = await session.get(PolicyDocument, document_id)
    if found is None:
        raise NotFound
    return found


async def own_draft(session: AsyncSession, subject: Subject, action: Action, document_id: UUID) -> PolicyDocument:
    """Locked. Raises Forbidden, NotFound for another tenant's, NotDraft."""
    tenant_id = own_tenant(subject, action)
    query = select(PolicyDocument).where(PolicyDocument.id == document_id, PolicyDocument.tenant_id == tenant_id)
    found = await session.scalar(query.with_for_update())
    if found is None:
        raise NotFound
    if found.status != DocumentStatus.DRAFT:
        raise NotDraft
    return found


async def documents_of(session: AsyncSession, subject: Subject, after: UUID | None = None) -> DocumentPage:
    """Own, from above and from below, newest first, after the row that was seen last.

    Raises Forbidden; InvalidInput at `after` for one that is not shown here.
    """
    gate.require_role(subject, Action.DOCUMENT_READ, Relation.NONE)
    place = PolicyDocument.recorded_at, PolicyDocument.id
    query = select(PolicyDocument).order_by(*(one.desc() for one in place))
    if after is not None:
        last = await session.get(PolicyDocument, after)
        if last is None:
            raise invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))
        query = query.where(tuple_(*place) < (last.recorded_at, last.id))
    rows = (await session.scalars(query.limit(PAGE + 1))).all()
    return DocumentPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


async def clauses_of(session: AsyncSession, document_id: UUID) -> Sequence[DocumentClause]:
    query = select(DocumentClause).where(DocumentClause.document_id == document_id)
    return (await session.scalars(query.order_by(DocumentClause.position, DocumentClause.key))).all()


async def in_force(session: AsyncSession, series_id: UUID) -> PolicyDocument | None:
    """The edition of the series that was issued last and stands."""
    query = select(PolicyDocument).where(
        PolicyDocument.series_id == series_id, PolicyDocument.status == DocumentStatus.ISSUED
    )
    return (await session.scalars(query)).one_or_none()


async def names_of(session: AsyncSession, tenants: Sequence[int]) -> dict[int, str]:
    found = await session.execute(select(Tenant.id, Tenant.name).where(Tenant.id.in_(set(tenants))))
    return {tenant: name for tenant, name in found}
