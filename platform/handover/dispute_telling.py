"""Who is asked to decide a dispute hears of it on the day from which the days count; who lost it, how it ended."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handover.models import HolderDispute
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind


async def tell_deciders(session: AsyncSession, subject: Subject, dispute: HolderDispute) -> None:
    """The superior's leading group, or the petition office that speaks for the conference where there is none.

    By the page of the dispute alone: neither has a right to the case, so the notice names none.
    """
    named, decider = OfficeKind.LEADING_GROUP, dispute.decider_tenant_id
    if decider is None:
        named, decider = OfficeKind.PETITION_BUREAU, dispute.conference_tenant_id
    query = select(Office.id).where(Office.tenant_id == decider, Office.kind == named, Office.valid_to.is_(None))
    await tell(
        session,
        NoticeKind.DISPUTE_CLAIMED,
        f"holder_disputes:{dispute.id}",
        address=f"/disputes/{dispute.case_id}",
        offices=(await session.scalars(query)).all(),
        doer=subject.person_id,
    )


async def tell_kept(session: AsyncSession, subject: Subject, dispute: HolderDispute) -> None:
    """The other office, when the holder keeps the case: by then it sees neither the case nor the dispute."""
    await tell(
        session,
        NoticeKind.DISPUTE_KEPT,
        f"holder_disputes:{dispute.id}:kept",
        address="/disputes",
        offices=(dispute.other_office_id,),
        doer=subject.person_id,
    )
