"""What became of a clause: each tenant below reports by the clause's day (58); overdue ones show above and are told."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.document_reads import own_tenant
from oversight.documents import ClauseReport, Progress, ReportDuty
from policies.actions import Action
from tenants.subject import Subject


class ReportForm(Struct, frozen=True, kw_only=True):
    duty_id: Annotated[UUID, Meta(title=N_("条款"), extra={"options": "own_duties"})]
    progress: Annotated[Progress, Meta(title=N_("落实情况"))]
    text: Annotated[str, Meta(title=N_("说明"), min_length=2, max_length=4000, extra={"widget": "textarea"})]


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
