"""What became of a clause: each tenant below reports by the clause's day (58); overdue ones show above and are told."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import and_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_issuing import desks_by_tenant
from oversight.document_reads import own_tenant
from oversight.documents import (
    ClauseReport,
    DocumentClause,
    DocumentReceipt,
    PolicyDocument,
    Progress,
    ReportDuty,
)
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

BATCH = 500
LONGEST = 2_000
"""Lines of a page of duties."""


class ReportForm(Struct, frozen=True, kw_only=True):
    duty_id: Annotated[UUID, Meta(title=N_("条款"), extra={"options": "own_duties"})]
    progress: Annotated[Progress, Meta(title=N_("落实情况"))]
    text: Annotated[str, Meta(title=N_("说明"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


class DutyView(Struct, frozen=True):
    """One clause of one tenant; `late`: its day went by before it was reported."""

    id: UUID
    document_id: UUID
    title: str
    path: str
    tenant_id: int
    tenant: str
    due_on: date
    reported_at: datetime | None
    late: bool
    progress: str | None
    text: str | None


async def report(session: AsyncSession, subject: Subject, form: ReportForm) -> ClauseReport:
    """Of the own tenant; a second report follows the first. Raises Forbidden, InvalidInput at `duty_id`."""
    tenant_id = own_tenant(subject, Action.DOCUMENT_RECEIVE)
    query = select(ReportDuty).where(ReportDuty.id == form.duty_id, ReportDuty.tenant_id == tenant_id)
    duty = await session.scalar(query)
    if duty is None or duty.ended_at is not None:
        raise invalid("duty_id", "not_a_choice", N_("请从所列项目中选择"))
    now = instant(session)
    row = ClauseReport(
        id=new_id(now), document_id=duty.document_id, clause_key=duty.clause_key, tenant_id=tenant_id,
        progress=form.progress.value, text=form.text, recorded_at=now, recorded_by=subject.person_id,
    )  # fmt: skip
    session.add(row)
    if duty.reported_at is None:
        duty.reported_at = now
    await session.flush()
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.DOCUMENT_RECEIVE, "report_duty", str(duty.id),
        detail={"progress": row.progress},
    )  # fmt: skip
    await audit.append(session, entry, tenant_id)
    return row


async def duties(session: AsyncSession, subject: Subject, *, own: bool = False) -> list[DutyView]:
    """Of the own tenant and of all below, in the order of the tree, never by value (N7); raises Forbidden."""
    gate.require_role(subject, Action.DOCUMENT_READ, Relation.NONE)
    last = (
        select(ClauseReport.progress, ClauseReport.text)
        .where(
            ClauseReport.document_id == ReportDuty.document_id,
            ClauseReport.clause_key == ReportDuty.clause_key,
            ClauseReport.tenant_id == ReportDuty.tenant_id,
        )
        .order_by(ClauseReport.recorded_at.desc())
        .limit(1)
        .lateral()
    )
    of_clause = and_(DocumentClause.document_id == ReportDuty.document_id, DocumentClause.key == ReportDuty.clause_key)
    query = (
        select(ReportDuty, PolicyDocument.title, DocumentClause.path, Tenant.name, last.c.progress, last.c.text)
        .join(PolicyDocument, PolicyDocument.id == ReportDuty.document_id)
        .join(DocumentClause, of_clause)
        .join(Tenant, Tenant.id == ReportDuty.tenant_id)
        .outerjoin(last, true())
        .where(ReportDuty.ended_at.is_(None))
        .order_by(ReportDuty.tenant_id, ReportDuty.due_on, DocumentClause.position)
    )
    if own:
        query = query.where(ReportDuty.tenant_id == subject.tenant_id)
    today = local_date(instant(session))
    return [
        DutyView(
            id=duty.id, document_id=duty.document_id, title=title, path=path, tenant_id=duty.tenant_id, tenant=name,
            due_on=duty.due_on, reported_at=duty.reported_at,
            late=(local_date(duty.reported_at) if duty.reported_at else today) > duty.due_on,
            progress=progress, text=text,
        )
        for duty, title, path, name, progress, text in await session.execute(query.limit(LONGEST))
    ]  # fmt: skip


async def tell_late(session: AsyncSession) -> int:
    """Tell of up to BATCH reports whose day has gone by, and as many receipts: each once, to those who owe it and to
    the tier right above; returns how many. Runs in the province's scope; the same if it runs twice or beside itself.
    """
    today, now = local_date(instant(session)), instant(session)
    late = and_(
        ReportDuty.due_on < today,
        ReportDuty.reported_at.is_(None),
        ReportDuty.ended_at.is_(None),
        ReportDuty.told_at.is_(None),
    )
    owed = select(ReportDuty).where(late).order_by(ReportDuty.due_on, ReportDuty.id).limit(BATCH)
    reports = (await session.scalars(owed.with_for_update(skip_locked=True))).all()
    unsigned = and_(
        DocumentReceipt.receipt_by < today, DocumentReceipt.signed_at.is_(None), DocumentReceipt.told_at.is_(None)
    )
    waiting = select(DocumentReceipt).where(unsigned).order_by(DocumentReceipt.receipt_by, DocumentReceipt.tenant_id)
    receipts = (await session.scalars(waiting.limit(BATCH).with_for_update(skip_locked=True))).all()
    desks = await _desks(session, [*(one.tenant_id for one in reports), *(one.tenant_id for one in receipts)])
    for duty in reports:
        duty.told_at = now
        cause = f"report_duties:{duty.id}:overdue"
        await tell(session, NoticeKind.REPORT_OVERDUE, cause, address="/plan", offices=desks[duty.tenant_id])
    for one in receipts:
        one.told_at = now
        cause, page = f"document_receipts:{one.document_id}:{one.tenant_id}:overdue", f"/documents/{one.document_id}"
        await tell(session, NoticeKind.RECEIPT_OVERDUE, cause, address=page, offices=desks[one.tenant_id])
    await session.flush()
    return len(reports) + len(receipts)


async def _desks(session: AsyncSession, tenants: Sequence[int]) -> dict[int, list[int]]:
    """Of each tenant and of the one right above it."""
    query = select(Tenant.id, Tenant.parent_id).where(Tenant.id.in_(set(tenants)))
    parents = {one: parent for one, parent in await session.execute(query)}
    desks = await desks_by_tenant(session, [*parents, *filter(None, parents.values())])
    return {one: [*desks.get(one, []), *desks.get(parent or 0, [])] for one, parent in parents.items()}
