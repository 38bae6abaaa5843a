"""A plan is carried out: the tree changes at once, the cases come along, whatever goes on or breaks meanwhile."""

from sqlalchemy import text

from tests.cases.build import assessing, registered
from tests.organisation.planning import DEQIN, DIQING, JIANTANG, XGLL, approved, carried_out, misfits, plan_row, tenant
from tests.world import World

MOVE = {"operation": "move", "code": JIANTANG, "parent_code": DEQIN, "contact": "德钦县升平镇某街1号，0887-8412345"}


async def test_open_cases_follow_a_township_to_its_new_county(own_world: World) -> None:
    walk = await registered(own_world, persons=2)
    plan = await carried_out(own_world, MOVE)
    case, deqin = await own_world.case(walk.case_id), await tenant(own_world, DEQIN)
    assert (case.county_id, case.version) == (deqin.id, 2)
    assert case.township_id == (await tenant(own_world, JIANTANG)).id
    assert await misfits(own_world) == 0
    assert (await plan_row(own_world, plan)).cases_done == 1
