"""What an overview shows to whom."""

import pytest
from sqlalchemy import select, update

from cases.models import Case
from foundation.errors import Forbidden, NotFound
from indicators.cells import SIX, Cells
from indicators.disputes import disputes
from indicators.overview import Child, Overview, overview
from tenants.models import Tenant
from tests.people import registration
from tests.world import World


async def of(world: World, login: str, tenant_id: int | None = None, role: str | None = None) -> Overview:
    async with world.as_(login, role) as (session, subject):
        return await overview(session, subject, tenant_id)


def child(seen: Overview, name: str) -> Child:
    return next(row for row in seen.below if row.name == name)


@pytest.fixture
async def seven(world: World) -> Cells:
    """Seven cases of Shangri-La: one entrusted and overdue, one settled, one refused. The counts before them."""
    before = (await of(world, "xgll.director")).total
    cases = [(await world.register("xgll.intake", **await registration(world, persons=1))).case for _ in range(7)]
    now = world.clock.now()
    changes = (
        {"state": "entrusted", "step": 4, "due_at": now.replace(year=2025)},
        {"state": "archived", "step": 8, "outcome": "agreed"},
        {"state": "refused", "step": 2, "outcome": "refused"},
    )
    async with world.owner() as session:
        for case, change in zip(cases, changes, strict=False):
            await session.execute(update(Case).where(Case.id == case.id).values(change))
    return before


async def test_the_province_sees_each_prefecture_and_the_prefecture_each_county(world: World, seven: Cells) -> None:
    top = await of(world, "yunnan.supervisor")
    diqing = child(top, "迪庆藏族自治州")
    below = await of(world, "diqing.supervisor")
    county = child(below, "香格里拉市")
    assert len(top.below) == 16
    assert [row.tenant_id for row in top.below] == sorted(row.tenant_id for row in top.below)
    assert below.total == diqing.cells
    more = {name: getattr(county.cells, name) - getattr(seven, name) for name in SIX}
    assert more == {"cases": 7, "open": 5, "overdue": 1, "settled": 1, "refused": 1, "archived": 1}
    assert sum(step or 0 for step in county.cells.steps) == county.cells.cases


async def test_drilling_down_leads_to_the_same_counts_and_shows_the_way_up(world: World, seven: Cells) -> None:
    top = await of(world, "yunnan.supervisor")
    diqing = await of(world, "yunnan.supervisor", child(top, "迪庆藏族自治州").tenant_id)
    county = await of(world, "yunnan.supervisor", child(diqing, "香格里拉市").tenant_id)
    assert county.total == child(diqing, "香格里拉市").cells
    assert [crumb.name for crumb in county.above] == [top.name, "迪庆藏族自治州"]
    assert county.own.cases == (await of(world, "xgll.director")).own.cases
    assert (await of(world, "xgll.director")).above == ()


async def test_a_tenant_beside_or_above_is_not_found(world: World) -> None:
    async with world.owner() as session:
        names = ("迪庆藏族自治州", "德钦县")
        others = list(await session.scalars(select(Tenant.id).where(Tenant.name.in_(names))))
    for other in others:
        with pytest.raises(NotFound):
            await of(world, "xgll.director", other)


async def test_who_may_not_read_statistics_is_refused(world: World) -> None:
    with pytest.raises(Forbidden):
        await of(world, "jiantang.clerk")


async def test_from_the_statistician_small_counts_are_hidden_and_no_case_is_in_reach(
    world: World, seven: Cells
) -> None:
    seen = await of(world, "xgll.deputy", role="stats_reader")
    assert seen.hidden
    assert seen.total.cases is not None
    for count in (seen.total.settled, seen.total.refused, seen.own.overdue):
        assert count is None or count >= 5
    async with world.as_("xgll.deputy", "stats_reader") as (session, _):
        assert (await session.scalars(select(Case.id))).all() == []


async def test_disputes_are_counted_by_place_in_the_order_of_the_types(world: World, seven: Cells) -> None:
    async with world.as_("yunnan.supervisor") as (session, subject):
        rows = await disputes(session, subject)
    assert [row.dispute_type for row in rows] == sorted(row.dispute_type for row in rows)
    expropriation = next(row for row in rows if row.dispute_type == 8)
    assert (expropriation.cases or 0) >= 7
    assert (expropriation.settled or 0) >= 1
