"""Plans for the tree in a province of a test's own: drafted at the prefecture, approved by two, carried out."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from foundation.forms import parse
from handover.tree_run import Ran, run_plan
from organisation.tree_drafting import PlanForm, draft_plan
from organisation.tree_plans import TreePlan
from organisation.tree_words import approve_plan
from server.recurring import system_subject
from server.tree_job import TREE
from tenants.models import Place, Tenant
from tenants.subject import Subject
from tests.world import World

TODAY = date(2026, 3, 2)
APPROVERS = ("yunnan.security", "yunnan.security2")
DIQING, XGLL, DEQIN, WEIXI, JIANTANG = "533400", "533401", "533422", "533423", "533401100"


async def draft(world: World, *changes: dict[str, Any], by: str = "diqing.admin", on: date = TODAY) -> UUID:
    form = parse(
        PlanForm, {"effective_on": on.isoformat(), "ground": "云政复〔2026〕1号", "changes": list(changes)}, strict=True
    )
    async with world.as_(by) as (session, subject):
        return (await draft_plan(session, subject, form)).id


async def approved(world: World, *changes: dict[str, Any], by: str = "diqing.admin", on: date = TODAY) -> UUID:
    plan = await draft(world, *changes, by=by, on=on)
    for version, login in enumerate(APPROVERS, start=1):
        async with world.as_(login) as (session, subject):
            await approve_plan(session, subject, plan, version)
    return plan


async def job(world: World) -> Subject:
    found = await system_subject(world.store, TREE)
    assert found is not None
    return found


async def carried_out(world: World, *changes: dict[str, Any], by: str = "diqing.admin", on: date = TODAY) -> UUID:
    plan = await approved(world, *changes, by=by, on=on)
    ran = await run(world, plan)
    assert ran.done
    return plan


async def run(world: World, plan: UUID) -> Ran:
    return await run_plan(world.store, await job(world), plan)


async def plan_row(world: World, plan: UUID) -> TreePlan:
    async with world.owner() as session:
        return await session.get_one(TreePlan, plan)


async def tenant(world: World, code: str) -> Tenant:
    """The one in force, or the last."""
    query = select(Tenant).join(Place, Place.id == Tenant.place_id).where(Place.code_mca == code)
    async with world.owner() as session:
        return (await session.scalars(query.order_by(Tenant.valid_to.desc().nulls_first()).limit(1))).one()


async def misfits(world: World) -> int:
    """Open cases whose columns are not the line of their holder's tenant; and any held where nobody is."""
    query = """
        select count(*) from cases c join offices o on o.id = c.holder_office_id join tenants t on t.id = o.tenant_id
        where c.state not in ('refused', 'closed', 'archived')
        and ((c.province_id, c.prefecture_id, c.county_id, c.township_id) is distinct from
             (t.province_id, t.prefecture_id, t.county_id, t.township_id) or o.valid_to is not null)"""
    async with world.owner() as session:
        return int(await session.scalar(text(query)) or 0)
