"""The page and the API of delegations: to lend for a class, to see, to take back; and what they don't show."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from foundation import cookies
from tests.access.lending import day, end_classes, lend, may, person, terms
from tests.access.recusals import declare
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.world import World

API, DIRECTOR, LAWYER = "/api/v1", "xgll.director", "xgll.lawyer"


@pytest.fixture(autouse=True)
async def classes_ended(world: World) -> AsyncIterator[None]:
    yield
    await end_classes(world)


@pytest.fixture
async def walk(world: World) -> Walk:
    return await assessing(world, persons=1)


async def lent(door: Door, **form: object) -> Response:
    client = await door.program(DIRECTOR)
    given = {**terms(door.world), "dispute_type": 8, **form}
    return await client.post(f"{API}/delegations", json=given, headers={"Idempotency-Key": str(uuid4())})


async def ids(client: AsyncClient, side: str) -> list[str]:
    return [row["id"] for row in await rows(client, side)]


async def rows(client: AsyncClient, side: str) -> list[dict[str, Any]]:
    """On all pages: other tests have lent at later instants."""
    found: list[dict[str, Any]] = []
    query: dict[str, str | int] = {"side": side, "size": 100}
    while True:
        answer = await client.get(f"{API}/delegations", params=query)
        assert answer.status_code == 200, answer.text
        found += answer.json()["rows"]
        if answer.json()["before"] is None:
            return found
        query["before"] = answer.json()["before"]


async def test_a_class_is_lent_seen_by_both_sides_and_taken_back(door: Door, world: World, walk: Walk) -> None:
    made = await lent(door, to_person_id=await person(world, LAWYER))
    assert made.status_code == 201, made.text
    row = made.json()
    assert row["cases"] >= 1
    assert "case:read" in await may(world, LAWYER, walk.case_id)
    director, lawyer = await door.program(DIRECTOR), await door.program(LAWYER)
    assert row["id"] in await ids(director, "lent")
    assert row["id"] in await ids(lawyer, "borrowed")
    address = f"{API}/delegations/{row['id']}/revoke"
    assert (await lawyer.post(address, json={"reason": "试一试"})).status_code == 403
    world.clock.advance(seconds=1)
    ended = await director.post(address, json={"reason": "不再需要"})
    assert ended.status_code == 200, ended.text
    assert ended.json()["standing"] == "revoked"
    assert (await director.post(address, json={"reason": "不再需要"})).json()["code"] == "delegation_over"


async def test_the_same_key_lends_once(door: Door, world: World, walk: Walk) -> None:
    client, key = await door.program(DIRECTOR), str(uuid4())
    form = {**terms(world), "case_class": "beijing", "to_person_id": await person(world, LAWYER)}
    answers = [await client.post(f"{API}/delegations", json=form, headers={"Idempotency-Key": key}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert (await ids(client, "lent")).count(answers[0].json()["id"]) == 1


async def test_who_left_the_case_neither_sees_nor_ends_what_was_lent_on_it(
    door: Door, world: World, walk: Walk
) -> None:
    row = await lend(walk, "xgll.director", "xgll.lawyer")
    async with await door.program("xgll.director") as director:
        assert str(row.id) in await ids(director, "lent")
        await declare(walk, "xgll.director")
        assert str(row.id) not in await ids(director, "lent")
        end = f"/api/v1/delegations/{row.id}/revoke"
        ended = await director.post(end, json={"reason": "不再需要"}, headers={"Idempotency-Key": str(uuid4())})
        assert ended.status_code == 404


async def test_what_may_be_lent_is_named_in_the_readers_language(door: Door, walk: Walk) -> None:
    address = f"/api/v1/cases/{walk.case_id}/options/delegate"
    for language, name in (("zh", "查看案件"), ("en", "Read the case")):
        client = await door.program("xgll.director", language=language)
        named = {one["value"]: one["label"] for one in (await client.get(address)).json()["lendable_actions"]}
        assert named["case:read"] == name


async def test_strangers_neither_see_nor_end_a_delegation(door: Door, world: World, walk: Walk) -> None:
    row = (await lent(door, to_person_id=await person(world, LAWYER))).json()
    for login in ("deqin.director", "weixi.director", "xgll.admin"):
        stranger = await door.program(login)
        assert row["id"] not in [*await ids(stranger, "lent"), *await ids(stranger, "borrowed")]
        revoke = await stranger.post(f"{API}/delegations/{row['id']}/revoke", json={"reason": "试一试"})
        assert revoke.status_code == 404, login


async def test_who_holds_no_cases_lends_no_class(door: Door, world: World) -> None:
    client = await door.program("xgll.archivist")
    given = {**terms(world), "dispute_type": 8, "to_person_id": await person(world, LAWYER)}
    refused = await client.post(f"{API}/delegations", json=given)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"dispute_type": None}, "case_class"),
        ({"dispute_type": 31_000}, "dispute_type"),
        ({"parent_id": "0195a3c0-0000-7000-8000-000000000001"}, "parent_id"),
        ({"actions": ["evidence:add"]}, "actions"),
    ],
)
async def test_a_class_is_named_by_what_exists(door: Door, world: World, form: dict[str, object], field: str) -> None:
    refused = await lent(door, to_person_id=await person(world, LAWYER), **form)
    assert refused.status_code == 422
    assert [one["field"] for one in refused.json()["errors"]] == [field]


async def test_the_panel_of_the_case_shows_who_borrows_and_the_button(door: Door, world: World, walk: Walk) -> None:
    await walk.do(DIRECTOR, "delegate", to_person_id=await person(world, LAWYER), **terms(world))
    director, lawyer = await door.browser(DIRECTOR), await door.browser(LAWYER)
    shown = (await director.get(f"/cases/{walk.case_id}")).text
    assert (await world.subject(LAWYER)).name in shown
    assert "acts/revoke-delegation?delegation_id=" in shown
    own = (await lawyer.get(f"/cases/{walk.case_id}")).text
    assert "delegations-title" in own
    assert "revoke-delegation" not in own


async def test_the_page_lends_shows_what_is_wrong_and_takes_back(door: Door, world: World, walk: Walk) -> None:
    browser = await door.browser(DIRECTOR)
    form = await browser.get("/delegations/new")
    assert form.status_code == 200
    token = form.text.split('name="_csrf_token" value="')[1].split('"')[0]
    given = {**terms(world), "dispute_type": "8", "to_person_id": await person(world, LAWYER), "_csrf_token": token}
    wrong = await browser.post("/delegations", data={**given, "until": "2020-01-01"})
    assert wrong.status_code == 422
    assert "日期已过" in wrong.text
    done = await browser.post("/delegations", data=given)
    assert (done.status_code, done.headers["location"]) == (303, "/delegations?done=lent")
    lent_class = [row for row in await rows(await door.program(DIRECTOR), "lent") if not row["case_id"]]
    address = next(f"{row['id']}/revoke" for row in lent_class if row["standing"] != "revoked")
    asked = await browser.get(f"/delegations/{address}")
    assert asked.status_code == 200
    short = await browser.post(f"/delegations/{address}", data={"reason": "", "_csrf_token": token})
    assert short.status_code == 422
    ended = await browser.post(f"/delegations/{address}", data={"reason": "不再需要", "_csrf_token": token})
    assert ended.status_code == 303
    shown = await rows(await door.program(DIRECTOR), "lent")
    assert next(row["standing"] for row in shown if address.startswith(row["id"])) == "revoked"


async def test_a_petitioner_reads_who_borrowed_what_for_and_until_when(door: Door, world: World, walk: Walk) -> None:
    office = await world.office("jiantang.mediator")
    await walk.do(DIRECTOR, "delegate", to_office_id=office, **terms(world, purpose="乡镇协助查勘现场"))
    client = door.client()
    await client.get("/status")
    number = (await world.case(walk.case_id)).registration_no
    form = {"registration_no": number, "code": walk.receipts[0].code, "_csrf_token": client.cookies[cookies.CSRF]}
    page = (await client.post("/status", data=form)).text
    for words in (
        "授权告知书",
        "受托方",
        "乡镇协助查勘现场",
        "授权截止",
        day(world, 10),
        "可查看的资料种类",
        "陈述、证据",
    ):
        assert words in page
