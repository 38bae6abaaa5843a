"""Filters beside the index look at the newest cases only, and the page says so (decisions.md 22)."""

from uuid import UUID

import pytest

from cases import lists
from cases.filters import Filters, Sort
from cases.lists import Page
from tests.people import registration
from tests.world import World

WAGES, LAND = 10, 8


@pytest.fixture
def world(own_world: World) -> World:
    """All that is there counts: nobody else's cases."""
    return own_world


@pytest.fixture(autouse=True)
def window_of_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "WINDOW", 3)


async def four(world: World, town: str) -> list[UUID]:
    """The oldest is about wages, then land, wages, land; each test has a town of its own."""
    found = []
    for kind in (WAGES, LAND, WAGES, LAND):
        form = await registration(world, persons=1) | {"dispute_type": kind}
        found.append((await world.register(f"{town}.clerk", **form)).case.id)
    return found


async def listed(world: World, town: str, filters: Filters, after: str | None = None, size: int = 50) -> Page:
    subject = await world.subject(f"{town}.head")
    async with world.store.reading(subject.scope) as reading:
        return await lists.page(reading, subject, filters, after, size=size)


def ids(page: Page) -> list[UUID]:
    return [row.id for row in page.rows]


async def test_an_indexed_filter_looks_at_all_and_another_at_the_newest_and_says_so(world: World) -> None:
    made = await four(world, "baohe")
    for filters in (Filters(), Filters(step=1)):
        page = await listed(world, "baohe", filters)
        assert (ids(page), page.window) == (made[::-1], None)
    wages = await listed(world, "baohe", Filters(dispute_type=WAGES))
    assert (ids(wages), wages.window) == ([made[2]], 3)
    both = await listed(world, "baohe", Filters(step=1, open_only=True))
    assert (ids(both), both.window) == (made[:0:-1], 3)
    due = [await listed(world, "baohe", Filters(sort=Sort.DUE, open_only=True, dispute_type=d)) for d in (None, LAND)]
    assert [page.window for page in due] == [None, 3]


async def test_the_pages_of_a_filtered_list_follow_each_other_inside_the_same_window(world: World) -> None:
    made = await four(world, "shengping")
    first = await listed(world, "shengping", Filters(open_only=True), size=2)
    assert (ids(first), first.after is None) == (made[:1:-1], False)
    second = await listed(world, "shengping", Filters(open_only=True), first.after, size=2)
    assert (ids(second), second.after) == ([made[1]], None)
