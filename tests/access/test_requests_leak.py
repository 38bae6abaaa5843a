"""The doors of requests for access, inbox, extract and counts: strangers and the unentitled get nothing, and learn
nothing by asking."""

from typing import Any

import pytest

from access.requests import PER_HOUR
from tests.access.asking import ASKER, FORM, REVIEWER, ask_for, number_of
from tests.cases.build import assessing
from tests.door import Door
from tests.world import World

API = "/api/v1"
PATH = f"{API}/access-requests"


async def ask(door: Door, login: str, number: str, **other: Any) -> Any:
    async with await door.program(login) as client:
        return await client.post(PATH, json={**FORM, "number": number, **other})


async def test_the_answers_differ_in_nothing_but_the_number(door: Door, world: World) -> None:
    walk = await assessing(world, persons=2)
    found = [await ask(door, ASKER, number) for number in (await number_of(walk), "此号码没有案件")]
    assert [answer.status_code for answer in found] == [201, 201]
    bodies = [{**answer.json(), "id": "", "number": ""} for answer in found]
    assert bodies[0] == bodies[1]
    assert {key for key in found[0].headers} == {key for key in found[1].headers}


async def test_one_sees_only_the_own_requests(door: Door, world: World) -> None:
    asked = await ask_for(world, "只有本人可见的号码", "deqin.director")
    async with await door.program(ASKER) as client:
        assert str(asked.id) not in (await client.get(PATH)).text
    async with await door.program("deqin.director") as client:
        assert str(asked.id) in (await client.get(PATH)).text
    async with await door.program("xgll.admin") as client:
        assert (await client.get(PATH)).status_code == 403


async def test_a_reviewer_of_another_prefecture_and_who_reviews_nothing_see_no_request(
    door: Door, world: World
) -> None:
    walk = await assessing(world, persons=2)
    asked = await ask_for(world, await number_of(walk), reason="只有上一级能看的理由")
    async with await door.program(REVIEWER) as client:
        assert str(asked.id) in (await client.get(f"{PATH}/inbox")).text
    for login, status in (("xgll.privacy", 200), ("xgll.director", 403), ("xgll.admin", 403)):
        async with await door.program(login) as client:
            answer = await client.get(f"{PATH}/inbox")
            assert answer.status_code == status and "只有上一级能看的理由" not in answer.text, login


MANY = "weixi.director"
"""Asks nothing in other tests of this hour."""


async def test_who_asks_too_often_is_told_when_to_ask_again_and_only_what_was_made_counts(door: Door) -> None:
    for _ in range(PER_HOUR + 1):
        assert (await ask(door, MANY, "填错的号码", until="2027-01-01")).status_code == 422
    for number in range(PER_HOUR):
        assert (await ask(door, MANY, f"试探号码{number:04d}")).status_code == 201
        assert (await ask(door, MANY, f"试探号码{number:04d}")).status_code == 409, "asked already: not made"
    refused = await ask(door, MANY, "试探号码9999")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    async with await door.program(MANY) as client:
        assert "试探号码9999" not in (await client.get(PATH)).text, "one too many is not kept"
    assert (await ask(door, "deqin.director", "另一个人的号码")).status_code == 201


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        ({"until": "2026-03-20"}, 422, "invalid_input"),
        ({"until": "2026-02-20"}, 422, "invalid_input"),
        ({"reason": ""}, 422, "invalid_input"),
        ({"person_id": "019cacb3-f200-74aa-a884-5146392a7bb5"}, 422, "invalid_input"),
        ({"role": "supervisor_p"}, 422, "invalid_input"),
    ],
)
async def test_bad_input_and_forged_fields_are_named_and_nothing_is_kept(
    door: Door, broken: dict[str, str], status: int, code: str
) -> None:
    refused = await ask(door, ASKER, "不应保存的号码", **broken)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    async with await door.program(ASKER) as client:
        assert "不应保存的号码" not in (await client.get(PATH)).text


async def test_the_same_key_asks_once(door: Door) -> None:
    async with await door.program(ASKER) as client:
        client.headers["Idempotency-Key"] = "one-request-only"
        body = {**FORM, "number": "只申请一次的号码"}
        first, second = [await client.post(PATH, json=body) for _ in range(2)]
    assert first.status_code == second.status_code == 201 and first.json()["id"] == second.json()["id"]


async def test_counts_are_for_who_reviews_and_only_below_their_own_tenant(door: Door, world: World) -> None:
    sister = (await world.subject("gongshan.director")).tenant_id
    below = (await world.subject("xgll.director")).tenant_id
    async with await door.program(REVIEWER) as client:
        assert (await client.get(f"{API}/access-counts")).status_code == 200
        assert (await client.get(f"{API}/access-counts", params={"tenant_id": below})).status_code == 200
        assert (await client.get(f"{API}/access-counts", params={"tenant_id": sister})).status_code == 404
        assert (await client.get(f"{API}/access-counts", params={"month": "2026-13"})).status_code == 422
    for login in ("xgll.director", "xgll.admin", "yunnan.stats"):
        async with await door.program(login) as client:
            assert (await client.get(f"{API}/access-counts")).status_code == 403, login
