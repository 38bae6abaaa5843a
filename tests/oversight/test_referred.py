"""转送交办的事项: a petition office sees all that it sent, page by page; what came back has a list of its own."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest

from cases.models import Case
from tests.cases.build import registered
from tests.door import Door
from tests.oversight.reach import referred
from tests.world import World
from web import referred as referred_web

API = "/api/v1/referrals"
LOGIN = "xgll.referrer"
NEXT = re.compile(r'rel="next" href="([^"]+)"')


async def sent(world: World, many: int) -> list[str]:
    """Newest first. Two by two at one instant: the id makes the order."""
    cases = []
    for number in range(many):
        cases.append((await referred(world)).case)
        world.clock.advance(seconds=number % 2)
    return [str(one.id) for one in sorted(cases, key=lambda one: (one.filed_at, one.id), reverse=True)]


async def pages(door: Door, **asked: Any) -> list[list[str]]:
    found, after = [], None
    async with await door.program(LOGIN) as program:
        while True:
            answer = await program.get(API, params={**asked, **({"after": after} if after else {})})
            assert answer.status_code == 200, answer.text
            found.append([one["case_id"] for one in answer.json()["referrals"]])
            after = answer.json()["after"]
            if after is None:
                return found


async def came_back(world: World, case_id: str) -> None:
    async with world.owner() as session:
        case = await session.get_one(Case, UUID(case_id))
        case.state, case.step, case.outcome, case.guided_at = "guided", 6, "failed", world.clock.now()


@pytest.mark.obligation("33")
async def test_page_after_page_shows_each_referral_once_and_a_full_last_page_leads_to_no_empty_one(
    own_door: Door,
) -> None:
    ids = await sent(own_door.world, 6)
    assert await pages(own_door, size=4) == [ids[:4], ids[4:]]
    assert await pages(own_door, size=3) == [ids[:3], ids[3:]]


async def test_what_came_back_is_found_behind_any_number_that_goes_on(own_door: Door) -> None:
    ids = await sent(own_door.world, 5)
    for case_id in (ids[2], ids[4]):
        await came_back(own_door.world, case_id)
    assert await pages(own_door, returned=True, size=1) == [[ids[2]], [ids[4]]]


async def test_the_page_leads_on_and_keeps_what_was_chosen(own_door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(referred_web, "SIZE", 1)
    ids = await sent(own_door.world, 3)
    for case_id in ids[:2]:
        await came_back(own_door.world, case_id)
    async with await own_door.browser(LOGIN) as browser:
        first = (await browser.get("/referred?returned=1")).text
        (onward,) = NEXT.findall(first)
        second = (await browser.get(onward.replace("&amp;", "&"))).text
    assert [ids[0] in first, ids[1] in first, ids[0] in second, ids[1] in second] == [True, False, False, True]
    assert not NEXT.findall(second)


async def test_what_the_office_did_not_send_is_no_place_in_its_list(own_door: Door) -> None:
    """Neither a case of the same county that came otherwise nor one that exists nowhere."""
    await sent(own_door.world, 1)
    other = await registered(own_door.world, persons=1)
    async with await own_door.program(LOGIN) as program:
        for after in (other.case_id, uuid4()):
            answer = await program.get(API, params={"after": str(after)})
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "after")
