"""质量检查: opens the facts to one office for a term; the justice bureau's sample is drawn by rule."""

from datetime import date
from uuid import UUID

import pytest

from cases.models import Case
from foundation.errors import Forbidden, InvalidInput, NotFound
from foundation.forms import parse
from oversight.draws import DrawForm, NothingToDraw, draw, sample
from oversight.inspections import NotDrawn, inspections_of
from oversight.sampling import draw_and_open
from tests.cases.build import Walk, accepted
from tests.oversight.reach import FACTS, actions, inspected
from tests.world import World

DRAW = {"since": "2026-01-01", "until": "2026-03-02", "size": 2}


async def closed(world: World) -> Walk:
    """As if it had been carried through: only that it is closed matters here."""
    walk = await accepted(world, persons=2)
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        case.state, case.step, case.closed_at = "closed", 8, world.clock.now()
    return walk


async def test_an_inspection_opens_the_facts_and_its_end_closes_them(world: World) -> None:
    walk = await accepted(world, persons=2)
    before = await actions(world, "diqing.supervisor", walk.case_id)
    assert not before & FACTS
    await inspected(walk, "diqing.supervisor")
    assert FACTS - {"case:read.identity"} <= await actions(world, "diqing.supervisor", walk.case_id)
    async with world.as_("diqing.supervisor") as (session, _):
        (inspection,) = await inspections_of(session, walk.case_id)
    await walk.do("diqing.supervisor", "close-inspection", inspection_id=str(inspection.id), findings="程序合规")
    world.clock.advance(seconds=1)
    assert await actions(world, "diqing.supervisor", walk.case_id) == before


async def test_an_inspection_ends_by_the_clock(world: World) -> None:
    walk = await accepted(world, persons=2)
    await inspected(walk, "diqing.supervisor", ends_on="2026-03-03")
    world.clock.advance(days=1)
    assert "case:read.statement" in await actions(world, "diqing.supervisor", walk.case_id)
    world.clock.advance(days=1)
    assert not await actions(world, "diqing.supervisor", walk.case_id) & FACTS


async def test_it_opens_to_the_inspecting_office_alone(world: World) -> None:
    walk = await accepted(world, persons=2)
    await inspected(walk, "diqing.supervisor")
    for neighbour in ("diqing.reviewer", "diqing.director", "diqing.intake", "yunnan.supervisor", "diqing.conference"):
        assert not await actions(world, neighbour, walk.case_id) & FACTS, neighbour


@pytest.mark.parametrize("ends_on", ["2026-03-01", "2026-04-02"])
async def test_it_lasts_thirty_days_at_most_and_does_not_end_in_the_past(world: World, ends_on: str) -> None:
    walk = await accepted(world, persons=2)
    with pytest.raises(InvalidInput) as refused:
        await inspected(walk, "diqing.supervisor", ends_on=ends_on)
    assert [error.field for error in refused.value.fields] == ["ends_on"]


async def test_a_stranger_and_a_petition_office_can_not_inspect(world: World) -> None:
    walk = await accepted(world, persons=2)
    with pytest.raises(NotFound):
        await inspected(walk, "deqin.director")
    with pytest.raises(Forbidden):
        await inspected(walk, "xgll.daily")


async def test_the_justice_bureau_can_not_pick_a_case(world: World) -> None:
    for walk in (await accepted(world, persons=2), await closed(world)):
        with pytest.raises(NotDrawn):
            await inspected(walk, "xgll.guide")


async def test_a_draw_opens_what_it_drew_and_nothing_else(own_world: World) -> None:
    world = own_world
    walks = [await closed(world) for _ in range(3)]
    still_open = await accepted(world, persons=2)
    async with world.as_("xgll.guide") as (session, subject):
        drawn = await draw_and_open(session, subject, world.catalogue, parse(DrawForm, DRAW, strict=True))
    assert (drawn.eligible, len(drawn.case_ids)) == (3, 2)
    assert drawn.case_ids == sample(drawn.seed, [walk.case_id for walk in reversed(walks)], 2)
    world.clock.advance(seconds=1)
    for walk in (*walks, still_open):
        seen = await actions(world, "xgll.guide", walk.case_id)
        assert ("case:read.final" in seen) is (walk.case_id in drawn.case_ids)
        assert "case:read.statement" not in seen


def test_the_same_seed_draws_the_same_cases_in_whatever_order_they_come() -> None:
    cases = [UUID(int=number) for number in range(40)]
    assert sample("seed", cases, 5) == sample("seed", cases[::-1], 5)
    assert sample("seed", cases, 5) != sample("other", cases, 5)


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"until": "2025-12-31"}, "until"),
        ({"until": "2026-03-03"}, "until"),
        ({"since": "2024-01-01"}, "since"),
    ],
)
async def test_a_draw_from_no_period_is_refused_at_the_field(world: World, form: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        async with world.as_("xgll.guide") as (session, subject):
            await draw(session, subject, parse(DrawForm, DRAW | form, strict=True))
    assert [error.field for error in refused.value.fields] == [field]


async def test_nothing_is_drawn_where_nothing_was_closed(world: World) -> None:
    with pytest.raises(NothingToDraw):
        async with world.as_("xgll.guide") as (session, subject):
            form = DrawForm(since=date(2025, 3, 1), until=date(2025, 3, 2), size=1)
            await draw(session, subject, form)
