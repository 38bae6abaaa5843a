"""How often a page asks the database: the same for a small case and a large one, for a short list and a long one."""

from uuid import UUID

from server.parts import Parts
from tests.people import registration
from tests.statements import recorded
from tests.teams.build import sealed
from tests.web.conftest import Browser
from tests.world import World

MOST_ON_A_CASE_PAGE = 26
"""Sign-in, scope, gate, what the guards judge by, and every section of the page that has a row."""
MOST_ON_A_FULL_PAGE = 42
MOST_ON_A_LIST = 8


async def registered(world: World, persons: int) -> UUID:
    return (await world.register("jiantang.clerk", **await registration(world, persons=persons))).case.id


async def test_a_case_page_asks_as_often_for_twelve_petitioners_as_for_one(
    browser: Browser, world: World, parts: Parts
) -> None:
    small, large = await registered(world, 1), await registered(world, 12)
    await browser.sign_in("jiantang.head")
    numbers = []
    for case_id in (small, large):
        with recorded(parts.store) as sent:
            assert (await browser.get(f"/cases/{case_id}")).status_code == 200
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= MOST_ON_A_CASE_PAGE


async def test_a_page_with_team_and_agreement_asks_as_often_for_many_terms_as_for_one(
    browser: Browser, world: World, parts: Parts
) -> None:
    small, large = (await sealed(world, persons=2)).case_id, (await sealed(world, persons=5)).case_id
    await browser.sign_in("xgll.director")
    numbers = []
    for case_id in (small, large):
        with recorded(parts.store) as sent:
            assert (await browser.get(f"/cases/{case_id}")).status_code == 200
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= MOST_ON_A_FULL_PAGE


async def test_a_list_asks_as_often_for_many_cases_as_for_one(browser: Browser, world: World, parts: Parts) -> None:
    await registered(world, 1)
    await browser.sign_in("jiantang.head")
    numbers = []
    for _ in range(2):
        with recorded(parts.store) as sent:
            page = await browser.get("/cases")
        assert page.status_code == 200
        numbers.append(len(sent))
        await registered(world, 1)
    assert numbers[0] == numbers[1] <= MOST_ON_A_LIST
