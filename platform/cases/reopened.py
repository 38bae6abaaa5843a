"""A closed case stays with who answered for it; opened again it follows its office, which may stand elsewhere by now.

The database puts the columns right at that moment (migration 0042); here its oversight, its history and the parties'
notice come along, as with every open case that the plan itself moved.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.tree_notices import DivisionNotice, published_contact, write_notices
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from organisation.tree_plans import TreePlan
from tenants import names
from tenants.subject import Subject

FOLLOW = text("select former, receiver, plan from reopened_elsewhere(:case, cast(:former as int[]))")
GROUND = N_("组织区划调整")
"""Where no plan is on record: the file of the tree was corrected."""


def follows_its_office(session: AsyncSession, subject: Subject, case: Case) -> Callable[[], Awaitable[None]]:
    """To be done when the case stands open again; the line above it is read now."""
    former = [case.province_id, case.prefecture_id, case.county_id, case.township_id]

    async def follow() -> None:
        row = (await session.execute(FOLLOW, {"case": case.id, "former": former})).one_or_none()
        await session.refresh(case)
        if row is not None:
            notice = await _notice(session, row.former, row.receiver, row.plan)
            await write_notices(session, subject, [case.id], notice)

    return follow


async def _notice(session: AsyncSession, former: int, receiver: int, plan_id: UUID | None) -> DivisionNotice:
    plan = await session.get(TreePlan, plan_id) if plan_id else None
    called = await names.tenants(session, [former, receiver])
    contact = await published_contact(session, receiver)
    since = plan.effective_on if plan else local_date(instant(session))
    return DivisionNotice(called[former], called[receiver], contact, since, plan.ground if plan else GROUND)
