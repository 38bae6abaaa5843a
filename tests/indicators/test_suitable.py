"""Aims count what was found suitable and accepted, never petitions; year beside year, and what waits by its age."""

import pytest
from msgspec import to_builtins
from sqlalchemy import update

from cases.models import Case
from indicators.hiding import LEAST
from indicators.recount import recount
from indicators.suitable import Aims, aims
from tests.cases.build import accepted, registered
from tests.world import World


async def seen(world: World, login: str) -> Aims:
    async with world.as_(login) as (session, subject):
        return await aims(session, subject)


@pytest.mark.obligation("9", "N7")
async def test_only_accepted_cases_count_by_the_year_of_acceptance_and_what_became_of_them(world: World) -> None:
    before = _rows(await seen(world, "diqing.supervisor"))
    await registered(world, persons=1)
    walks = [await accepted(world, persons=1) for _ in range(3)]
    async with world.owner() as session:
        changed = update(Case).where(Case.id == walks[0].case_id)
        await session.execute(changed.values(outcome="agreed", accepted_at=world.clock.now().replace(year=2025)))
        await session.execute(update(Case).where(Case.id == walks[1].case_id).values(outcome="failed"))
        assert await recount(session) == []
    after = _rows(await seen(world, "diqing.supervisor"))
    assert {year: tuple(b - a for a, b in zip(before[year], row, strict=True)) for year, row in after.items()} == {
        2024: (0, 0, 0),
        2025: (1, 1, 0),
        2026: (2, 0, 1),
    }


def _rows(found: Aims) -> dict[int, tuple[int, int, int]]:
    return {row.year: (row.suitable or 0, row.settled or 0, row.open or 0) for row in found.years}


@pytest.mark.obligation("10")
async def test_what_was_suitable_and_is_not_settled_is_told_by_its_age(world: World) -> None:
    before = {row.since: row.cases or 0 for row in (await seen(world, "xgll.director")).waiting}
    walks = [await accepted(world, persons=1) for _ in range(2)]
    async with world.owner() as session:
        old = world.clock.now().replace(year=2025, month=10)
        await session.execute(update(Case).where(Case.id == walks[0].case_id).values(accepted_at=old))
    waiting = {row.since: (row.cases or 0) - before[row.since] for row in (await seen(world, "xgll.director")).waiting}
    assert waiting == {0: 1, 1: 0, 3: 1, 6: 0, 12: 0}


@pytest.mark.obligation("9")
async def test_a_handover_moves_what_waits_and_leaves_the_year_with_who_accepted(world: World) -> None:
    walk = await accepted(world, persons=1)
    county, prefecture = await seen(world, "xgll.director"), await seen(world, "diqing.director")
    office = await world.office("diqing.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=office, reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    after = await seen(world, "xgll.director")
    assert after.years == county.years
    assert (after.waiting[0].cases or 0) == (county.waiting[0].cases or 0) - 1
    assert await seen(world, "diqing.director") == prefecture, "the county lies below it, then as now"
    async with world.owner() as session:
        assert await recount(session) == []


async def test_small_numbers_are_hidden_from_who_only_counts(world: World) -> None:
    found = await seen(world, "yunnan.stats")
    shown = [number for row in found.years for number in (row.suitable, row.settled, row.open)]
    assert not [number for number in shown if number is not None and 0 < number < LEAST]


@pytest.mark.obligation("N7")
async def test_nothing_in_it_names_a_petition_a_level_a_person_or_a_rank(world: World) -> None:
    shown = str(to_builtins(await seen(world, "diqing.supervisor")))
    assert not [word for word in ("petition", "rank", "level", "person", "beijing") if word in shown]
