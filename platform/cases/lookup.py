"""One case by the number that people write on paper. Exact only: no search across cases (decisions.md 22)."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.origins import CaseOrigin
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

LONGEST = 60


async def by_number(
    session: AsyncSession, subject: Subject, number: str, action: Action = Action.CASE_STATUS
) -> UUID | None:
    """The case with this 登记号 or 案号, or with this number in the system that it came from (the latest of several),

    if the subject may do the action (see its status) with it.
    """
    branches = gate.visible(subject, action)
    if not branches:
        return None
    wanted = number.strip()[:LONGEST]
    named = or_(Case.registration_no == wanted, Case.case_no == wanted)
    ours: UUID | None = await session.scalar(select(Case.id).where(named, or_(*branches)).limit(1))
    return ours or await session.scalar(
        select(Case.id)
        .join(CaseOrigin, CaseOrigin.case_id == Case.id)
        .where(CaseOrigin.outside_no == wanted, or_(*branches))
        .order_by(CaseOrigin.recorded_at.desc())
        .limit(1)
    )
