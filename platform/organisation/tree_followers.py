"""After an import moved units: their open cases come along by the same job as a plan's, batch by batch."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.tree_plan import Change
from organisation.tree_plans import Operation, PlanState, TreeChange, TreePlan
from tenants.models import Tenant
from tenants.subject import Subject

BY_IMPORT = N_("导入区划文件")
BELOW = text("select id from tenants where :id in (province_id, prefecture_id, county_id, township_id) order by id")
OPEN = text("""
    select count(*) from cases c join offices o on o.id = c.holder_office_id
    where o.tenant_id = any (:tenants) and c.state not in ('refused', 'closed', 'archived')
""")


async def leave_to_job(
    session: AsyncSession, subject: Subject, moved: Sequence[Change], ids: Mapping[str, int], day: date
) -> int:
    """A plan that has begun already, on the operator's word; returns how many open cases are to follow."""
    now, province = instant(session), await session.scalar(select(Tenant.id).where(Tenant.parent_id.is_(None)))
    plan = TreePlan(
        id=new_id(now), tenant_id=province, effective_on=day, ground=BY_IMPORT, state=PlanState.RUNNING.value,
        drafted_by=subject.person_id, recorded_at=now, began_at=now,
    )  # fmt: skip
    session.add(plan)
    await session.flush()
    followers: set[int] = set()
    for number, change in enumerate(moved):
        below = (await session.scalars(BELOW, {"id": ids[change.key]})).all()
        followers |= set(below)
        effect = {"tenants": below, "made": None, "into": None, "before": None, "after": None}
        line = TreeChange(plan_id=plan.id, ordinal=number, operation=Operation.MOVE.value, code=change.key, members=[])
        line.tenant_id, line.effect = ids[change.key], effect
        session.add(line)
    await session.flush()
    return int(await session.scalar(OPEN, {"tenants": sorted(followers)}) or 0)
