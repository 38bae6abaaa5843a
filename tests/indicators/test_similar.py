"""Hints from disputes of the same type: figures by type and place, never another case, never a person (53, N1)."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from indicators.similar import _areas
from tests.door import Door
from tests.people import registration
from tests.world import World

ENDED = """
    update cases set outcome = :outcome, accepted_at = filed_at, closed_at = filed_at + make_interval(days => :days)
    where id = :id
"""


async def filed(world: World, number: int, **changes: Any) -> list[Any]:
    made = []
    for _ in range(number):
        form = await registration(world, persons=1) | changes
        made.append((await world.register("jiantang.clerk", **form)).case)
    return made


@pytest.mark.obligation("53", "N1", "N9")
async def test_beside_a_case_stands_how_disputes_of_its_type_ended_and_small_figures_do_not(own_door: Door) -> None:
    door = own_door
    world = door.world
    cases, (other,) = await filed(world, 7), await filed(world, 1, dispute_type=3)
    async with world.owner() as session:
        for number, case in enumerate(cases[1:], start=1):
            outcome = "agreed" if number < 6 else "withdrawn"
            await session.execute(text(ENDED), {"outcome": outcome, "days": number * 10, "id": case.id})
        await session.commit()
    address = f"/api/v1/cases/{cases[0].id}/similar"
    async with await door.program("jiantang.head") as client:
        answer = await client.get(address)
        alone = (await client.get(f"/api/v1/cases/{other.id}/similar")).json()
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [one["name"] for one in found["areas"]] == ["香格里拉市", "迪庆藏族自治州", "云南省"]
    assert {one["cases"] for one in found["areas"]} == {7}
    assert found["ends"] == [{"outcome": "agreed", "cases": 5, "days": 30}], "one that withdrew is too few to be told"
    assert {one["cases"] for one in alone["areas"]} == {None} and alone["ends"] == []
    numbers = [case.registration_no for case in cases]
    assert not [one for one in [*numbers, *(str(case.id) for case in cases)] if one in answer.text]
    keys = {key for row in [found, *found["areas"], *found["ends"]] for key in row}
    assert keys == {"dispute_type", "areas", "ends", "within", "name", "cases", "settled", "refused", "outcome", "days"}
    assert json.dumps(found).count("person") == 0
    async with await door.program("deqin.lgo") as client:
        assert (await client.get(address)).status_code == 404
    async with await door.browser("jiantang.head") as browser:
        assert f"/cases/{cases[0].id}/similar" in (await browser.get(f"/cases/{cases[0].id}")).text
        page = (await browser.get(f"/cases/{cases[0].id}/similar")).text
    assert "仅供参考" in page and "来源" in page and "30" in page


@pytest.mark.obligation("N1")
def test_what_an_area_has_beside_the_one_below_it_is_not_told_when_it_is_too_few() -> None:
    county, prefecture, province = {"settled": 10}, {"settled": 11}, {"settled": 25, "refused": 2}
    told = _areas([("县", county), ("州", prefecture), ("省", province)])
    assert [(one.cases, one.settled) for one in told] == [(10, 10), (None, None), (27, None)]
