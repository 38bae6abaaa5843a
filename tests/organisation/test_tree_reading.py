"""What a unit that was merged leaves to be read: who came after, by its name and code, on the plan, in figures."""

from datetime import timedelta

from sqlalchemy import update

from cases.models import Case
from indicators.recount import recount
from indicators.suitable import aims
from organisation.tree_finding import present_unit, units_named
from organisation.tree_plan_reading import holding_offices, plan_view, plans
from organisation.tree_plans import PlanState
from organisation.tree_reading import branch_on, history_of
from tests.cases.build import registered
from tests.organisation.planning import JIANTANG, TODAY, carried_out, tenant
from tests.world import World

HUTIAOXIA = "533401101"


async def test_a_merged_township_is_found_by_what_it_was_called_and_leads_to_who_came_after(own_world: World) -> None:
    world = own_world
    case_id = (await registered(world, persons=1)).case_id
    async with world.owner() as session:
        await session.execute(update(Case).where(Case.id == case_id).values(accepted_at=world.clock.now()))
    async with world.as_("xgll.director") as (session, subject):
        before = (await aims(session, subject)).years
    gone, heir = await tenant(world, JIANTANG), await tenant(world, HUTIAOXIA)
    plan = await carried_out(world, {"operation": "merge", "code": JIANTANG, "into_code": HUTIAOXIA})
    world.clock.advance(days=40)

    async with world.as_("xgll.director") as (session, subject):
        [found] = await units_named(session, gone.name)
        assert (found.tenant_id, found.ended_on, [one.tenant_id for one in found.now]) == (gone.id, TODAY, [heir.id])
        assert await present_unit(session, JIANTANG) == await present_unit(session, HUTIAOXIA) == heir.id
        ended, after = await history_of(session, gone.id), await history_of(session, heir.id)
        assert (ended.ended_on, ended.successors[0].name, ended.successors[0].came) == (TODAY, heir.name, "merged")
        assert (after.ended_on, after.predecessors[0].tenant_id) == (None, gone.id)
        county = gone.county_id
        for day, there in ((TODAY - timedelta(days=1), True), (TODAY, False)):
            assert (gone.id in {one.id for one in (await branch_on(session, county, day)).children}) is there
        assert (await aims(session, subject)).years == before, "what the merged one accepted stays in the county's year"
    async with world.owner() as session:
        assert await recount(session) == []

    async with world.as_("diqing.admin") as (session, subject):
        view = await plan_view(session, subject, plan)
        assert (view.plan.state, view.cases_done, view.cases_left, view.faults) == (PlanState.DONE, 1, 0, [])
        assert view.sketch is not None and view.preview is None
        assert [row.name for row in view.sketch.before if row.marked] == [gone.name]
        assert not [row for row in view.sketch.after if row.marked]
        assert (view.may_decide, view.may_withdraw, view.lines[0].units) == (False, False, 1)
        assert plan in {row.id for row in await plans(session, subject)}
        assert await holding_offices(session, subject, plan)

    old, statistics = "533423101", "保和镇"  # 塔城镇's code; in statistics the same digits mean 保和镇
    moved = await tenant(world, old)
    await carried_out(
        world, {"operation": "recode", "code": old, "new_code": "533423299"}, on=TODAY + timedelta(days=40)
    )
    async with world.as_("xgll.director") as (session, _):
        assert {one.name for one in await units_named(session, old)} == {moved.name, statistics}
        assert await present_unit(session, old) == moved.id, "an old paper's code leads to the unit that it named"
