"""Who owes a report on which clause, page by page in the order of the tree, with what was reported last (58, 64)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import and_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.selectable import LateralFromClause

from foundation.clock import local_date
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from oversight.documents import ClauseReport, DocumentClause, PolicyDocument, ReportDuty
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

PAGE = 100
ALL = 2_000
"""Rows of a step, where all are read."""
OF_CLAUSE = and_(DocumentClause.document_id == ReportDuty.document_id, DocumentClause.key == ReportDuty.clause_key)
ORDER = (ReportDuty.tenant_id, ReportDuty.due_on, DocumentClause.position, ReportDuty.id)


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


class DutyPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    duties: list[DutyView]
    after: UUID | None = None


async def duties(
    session: AsyncSession, subject: Subject, *, own: bool = False, after: UUID | None = None, size: int = PAGE
) -> DutyPage:
    """Of the own tenant and, unless `own`, of all below, in the order of the tree, never by value (N7).

    Raises Forbidden; InvalidInput at `after` for a row that nobody shows here.
    """
    gate.require_role(subject, Action.DOCUMENT_READ, Relation.NONE)
    last = _last_report()
    query = (
        select(ReportDuty, PolicyDocument.title, DocumentClause.path, Tenant.name, last.c.progress, last.c.text)
        .join(PolicyDocument, PolicyDocument.id == ReportDuty.document_id)
        .join(DocumentClause, OF_CLAUSE)
        .join(Tenant, Tenant.id == ReportDuty.tenant_id)
        .outerjoin(last, true())
        .where(ReportDuty.ended_at.is_(None))
        .order_by(*ORDER)
    )
    if own:
        query = query.where(ReportDuty.tenant_id == subject.tenant_id)
    if after is not None:
        query = query.where(tuple_(*ORDER) > tuple_(*await _place(session, after)))
    rows = (await session.execute(query.limit(size + 1))).all()
    today = local_date(instant(session))
    found = [_view(row, today) for row in rows[:size]]
    return DutyPage(found, found[-1].id if len(rows) > size else None)


def _last_report() -> LateralFromClause:
    return (
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


async def _place(session: AsyncSession, after: UUID) -> tuple[Any, ...]:
    query = select(*ORDER).join(DocumentClause, OF_CLAUSE).where(ReportDuty.id == after)
    found = (await session.execute(query)).first()
    if found is None:
        raise invalid("after", "not_a_choice", N_("没有这一页，请从头看起"))
    return tuple(found)


def _view(row: Any, today: date) -> DutyView:
    duty, title, path, name, progress, text = row
    return DutyView(
        id=duty.id, document_id=duty.document_id, title=title, path=path, tenant_id=duty.tenant_id, tenant=name,
        due_on=duty.due_on, reported_at=duty.reported_at,
        late=(local_date(duty.reported_at) if duty.reported_at else today) > duty.due_on,
        progress=progress, text=text,
    )  # fmt: skip


async def all_duties(session: AsyncSession, subject: Subject, *, own: bool = False) -> Sequence[DutyView]:
    """Every row, for a table to take away or a list to choose from; raises Forbidden."""
    page = await duties(session, subject, own=own, size=ALL)
    found = page.duties
    while page.after is not None:
        page = await duties(session, subject, own=own, after=page.after, size=ALL)
        found += page.duties
    return found
