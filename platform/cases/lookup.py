"""One case by the number that people write on paper. Exact only: no search across cases (decisions.md 22)."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

LONGEST = 60


async def by_number(
    session: AsyncSession, subject: Subject, number: str, action: Action = Action.CASE_STATUS
) -> UUID | None:
    """The case with this 登记号 or 案号, if the subject may do the action (see its status) with it."""
    branches = gate.visible(subject, action)
    wanted = number.strip()[:LONGEST]
    named = or_(Case.registration_no == wanted, Case.case_no == wanted)
    found = await session.scalars(select(Case.id).where(named, or_(*branches)).limit(1)) if branches else None
    return found.one_or_none() if found else None
