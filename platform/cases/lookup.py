"""One case by the number that people write on paper. Exact only: no search across cases (decisions.md 22)."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

LONGEST = 60


async def by_number(session: AsyncSession, subject: Subject, number: str) -> UUID | None:
    """The case with this 登记号, 案号 or 卷号, if its status is visible to the subject."""
    branches = gate.visible(subject, Action.CASE_STATUS)
    wanted = number.strip()[:LONGEST]
    named = or_(Case.registration_no == wanted, Case.case_no == wanted)
    found = await session.scalars(select(Case.id).where(named, or_(*branches)).limit(1)) if branches else None
    return found.one_or_none() if found else None
