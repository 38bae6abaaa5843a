"""Terms that ran out: marked once, on record, and told to whoever listens."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.history import Timer
from cases.models import Case
from cases.timeline import holder_tenant
from foundation import audit, outbox
from foundation.grammar import Happening
from foundation.store import instant
from tenants.subject import Subject

BATCH = 500


async def mark_overdue(session: AsyncSession, subject: Subject) -> int:
    """Mark up to BATCH terms that ran out before now; returns how many. A paused term does not run."""
    now = instant(session)
    ran_out = (
        select(Timer, Case)
        .join(Case, Case.id == Timer.case_id)
        .where(Timer.done_at.is_(None), Timer.paused_at.is_(None), Timer.overdue_at.is_(None), Timer.due_at < now)
        .order_by(Timer.due_at)
        .limit(BATCH)
        .with_for_update(of=Timer, skip_locked=True)
    )
    rows = (await session.execute(ran_out)).all()
    for timer, case in sorted(rows, key=lambda row: holder_tenant(row[1])):  # audit chains are locked in id order
        timer.overdue_at = now
        detail = {"kind": timer.kind, "timer": str(timer.id)}
        entry = audit.Entry(subject.actor, None, Happening.TIMER_OVERDUE, "case", str(case.id), detail=detail)
        await audit.append(session, entry, holder_tenant(case))
        await outbox.publish(session, "timer.overdue", case=str(case.id), timer=str(timer.id), kind=timer.kind)
    return len(rows)
