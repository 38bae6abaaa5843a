"""What the clock finds in this room: warnings nobody has signed for, reasons nobody has reviewed, charges run out.

Each is found by its own small index and marked in the transaction that tells of it: the same result whether the job
runs twice, late, or in two workers. Nobody is watched here: offices and their terms are.
"""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.steps import ENDED
from foundation.store import instant
from oversight import telling
from oversight.leader_charges import LeaderCharge
from oversight.models import CaseWarning
from oversight.notice_kinds import NoticeKind
from oversight.warning_receipts import WarningReceipt
from oversight.warning_withholding import Withholding, lapse
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import OfficeKind

BATCH = 200


async def watch(session: AsyncSession, subject: Subject) -> int:
    """One batch of each, in the scope of the province; returns how many rows it has settled."""
    found = [await unreceipted(session), await unreviewed(session, subject), await run_out(session)]
    return sum(found)


async def unreceipted(session: AsyncSession) -> int:
    """The receiver, the sender and the tier above the receiver are told, once."""
    now = instant(session)
    query = (
        select(CaseWarning)
        .where(CaseWarning.watched_at.is_(None), CaseWarning.receipt_due_at < now)
        .order_by(CaseWarning.receipt_due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(query))
    signed = {
        *await session.scalars(
            select(WarningReceipt.warning_id).where(WarningReceipt.warning_id.in_([row.id for row in rows]))
        )
    }
    for row in rows:
        row.watched_at = now
        if row.id not in signed:
            await _tell_unreceipted(session, row)
    return len(rows)


async def _tell_unreceipted(session: AsyncSession, row: CaseWarning) -> None:
    """The receiver hears of the desk alone; who may see the case, of the case."""
    cause, kind = f"warnings:{row.id}:unreceipted", NoticeKind.WARNING_UNRECEIPTED
    sender = await session.scalar(select(Case.holder_office_id).where(Case.id == row.case_id))
    above = await session.scalars(
        select(Office.id)
        .join(Tenant, Tenant.parent_id == Office.tenant_id)
        .where(
            Tenant.id == select(Office.tenant_id).where(Office.id == row.receiver_office_id).scalar_subquery(),
            Office.kind == OfficeKind.LEADING_GROUP,
            Office.valid_to.is_(None),
        )
    )
    offices = [one for one in (row.receiver_office_id, sender, *above) if one is not None]
    await telling.tell(session, kind, cause, case_id=row.case_id, offices=offices)


async def unreviewed(session: AsyncSession, subject: Subject) -> int:
    """What the tier above has not looked at in time is shown to the petitioner."""
    query = (
        select(Withholding)
        .where(Withholding.verdict.is_(None), Withholding.decide_by < instant(session))
        .order_by(Withholding.decide_by)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    rows = list(await session.scalars(query))
    for row in rows:
        await lapse(session, subject, row)
    return len(rows)


async def run_out(session: AsyncSession) -> int:
    """Charges whose term is over while the dispute is not: who put the leader in charge prolongs or ends them."""
    now = instant(session)
    due = (LeaderCharge.ended_at.is_(None), LeaderCharge.overdue_told_at.is_(None), LeaderCharge.until < now)
    first = select(LeaderCharge.case_id).where(*due).order_by(LeaderCharge.until).limit(BATCH)
    idle = func.idle_cases(func.array(first.scalar_subquery()))  # see decision 0061
    query = (
        select(LeaderCharge, Case.state)
        .join(Case, Case.id == LeaderCharge.case_id)
        .where(*due, LeaderCharge.case_id.in_(select(idle)))
        .order_by(LeaderCharge.until)
        .limit(BATCH)
        .with_for_update(of=LeaderCharge, skip_locked=True)
    )
    rows = (await session.execute(query)).all()
    for charge, state in rows:
        charge.overdue_told_at = now
        if state not in ENDED:
            cause = f"{charge.source}:overdue:{charge.prolonged}"
            await telling.tell(
                session, NoticeKind.LEADER_OVERDUE, cause, case_id=charge.case_id, offices=[charge.office_id]
            )
    return len(rows)
