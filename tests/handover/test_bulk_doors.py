"""Many at once by the API: a batch is the own office's; to all others it is not there, whatever they ask."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient
from sqlalchemy import select

from foundation.audit import AuditRow
from handover.bulk_models import Batch
from tests.door import Door
from tests.handover.test_bulk import DIRECTOR, HEAD, approved, numbers, registration_at, work
from tests.world import World

API = "/api/v1"
STRANGERS = (DIRECTOR, "diqing.director", "shengping.head", "diqing.supervisor", "jiantang.clerk", "yunnan.lgo")


async def started(door: Door, world: World, cases: list[str], key: str = "") -> dict[str, Any]:
    client = await door.program(HEAD)
    given = {"cases": cases, "reason": "company", "to_office_id": await world.office(DIRECTOR)}
    answer = await client.post(f"{API}/bulk/offers", json=given, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_batch_is_ordered_once_worked_and_read_page_by_page(door: Door, world: World) -> None:
    walks = await approved(world, 2)
    names = await numbers(walks)
    unknown = str(uuid4())
    key = uuid4().hex
    made = await started(door, world, [*names, unknown], key)
    assert await started(door, world, [*names, unknown], key) == made
    address = f"{API}/bulk/{made['batch']['id']}"
    await worked(world, made["batch"]["id"])
    client = await door.program(HEAD)
    assert (await client.get(address)).json()["progress"] == {
        "waiting": 0, "done": 2, "refused": 0, "not_found": 1, "cancelled": 0,
    }  # fmt: skip
    first = (await client.get(f"{address}/items?size=2")).json()
    rest = (await client.get(f"{address}/items?size=2&after={first['after']}")).json()
    assert [row["number"] for row in (*first["rows"], *rest["rows"])] == [*names, unknown]
    assert rest["after"] is None
    refused = [row["number"] for row in (await client.get(f"{address}/items?state=not_found")).json()["rows"]]
    assert refused == [unknown]
    assert (await client.post(f"{address}/cancel")).status_code == 409
    options = (await client.get(f"{API}/bulk/options?kind=offer")).json()
    assert str(await world.office(DIRECTOR)) in {one["value"] for one in options["handover_targets"]}


async def test_a_preview_tells_what_an_order_would_take_and_orders_nothing(door: Door, world: World) -> None:
    (walk,), unknown = await approved(world, 1), str(uuid4())
    hidden = (await world.register("shengping.clerk", **await registration_at(world, "533422100"))).case
    client = await door.program(HEAD)
    listed = (await client.get(f"{API}/bulk")).text
    given = {"cases": [str(walk.case_id), unknown, str(hidden.id)], "to_office_id": await world.office(DIRECTOR)}
    told = await client.post(f"{API}/bulk/offers/preview", json={**given, "reason": "company"})
    assert told.json() == {"cases": 1, "steps": {"2": 1}, "not_found": [unknown, str(hidden.id)]}
    wrong = await client.post(f"{API}/bulk/offers/preview", json=given)
    assert [(one["field"], one["rule"]) for one in wrong.json()["errors"]] == [("reason", "required")]
    assert (await client.get(f"{API}/bulk")).text == listed
    clerk = await door.program("jiantang.clerk")
    assert (await clerk.post(f"{API}/bulk/offers/preview", json={**given, "reason": "company"})).status_code == 403


async def test_what_a_program_ordered_is_told_as_done_by_that_program(door: Door, world: World) -> None:
    (walk,) = await approved(world, 1)
    made = await (await door.program(HEAD)).post(
        f"{API}/tokens", json={"name": "批量", "scopes": ["read", "act"], "ends_on": "2026-06-30"}
    )
    assert made.status_code == 201, made.text
    given = {"cases": [str(walk.case_id)], "reason": "company", "to_office_id": await world.office(DIRECTOR)}
    ordered = await door.bearing(made.json()["token"]).post(f"{API}/bulk/offers", json=given)
    await worked(world, ordered.json()["batch"]["id"])
    async with world.owner() as session:
        query = select(AuditRow.detail).where(AuditRow.object_id == str(walk.case_id))
        told = [one for one in await session.scalars(query) if one.get("act") == "offer-handover"]
    assert told and all(one.get("token") for one in told)


async def worked(world: World, batch_id: str) -> None:
    async with world.owner() as session:
        batch = await session.get_one(Batch, batch_id)
    await work(world, batch)


async def asked(client: AsyncClient, address: str) -> list[int]:
    reads = [(await client.get(address + part)).status_code for part in ("", "/items")]
    return [*reads, (await client.post(f"{address}/cancel")).status_code]


async def test_to_everyone_else_a_batch_is_as_one_that_never_was(door: Door, world: World) -> None:
    (walk,) = await approved(world, 1)
    made = (await started(door, world, [str(walk.case_id)]))["batch"]["id"]
    for login in STRANGERS:
        client = await door.program(login)
        real, forged = await asked(client, f"{API}/bulk/{made}"), await asked(client, f"{API}/bulk/{uuid4()}")
        assert real == forged == [404, 404, 404], login
        listed = await client.get(f"{API}/bulk")
        assert made not in listed.text
        assert str(walk.case_id) not in listed.text
    mine = await (await door.program(HEAD)).post(f"{API}/bulk/{made}/cancel")
    assert (mine.status_code, mine.json()["progress"]["cancelled"]) == (200, 1)


async def test_boxes_and_what_moves_are_those_of_the_two_sides(door: Door, world: World) -> None:
    (walk,) = await approved(world, 1)
    office = await world.office(DIRECTOR)
    await walk.do(HEAD, "offer-handover", to_office_id=office, reason="company")
    boxes = {HEAD: "sent", DIRECTOR: "waiting"}
    for login in ("shengping.head", "deqin.director", HEAD, DIRECTOR):
        client = await door.program(login)
        for box in ("waiting", "sent", "returned", "decided"):
            answer = await client.get(f"{API}/handover/boxes?box={box}&size=100")
            shown = {row["case_id"] for row in answer.json()["rows"]}
            assert (str(walk.case_id) in shown) is (boxes.get(login) == box), (login, box)
        moves = await client.get(f"{API}/cases/{walk.case_id}/handover/moves")
        assert moves.status_code == {DIRECTOR: 200, HEAD: 403}.get(login, 404), login
    clerk = await door.program("jiantang.clerk")
    assert (await clerk.get(f"{API}/handover/counts")).status_code == 403
    assert (await clerk.get(f"{API}/handover/boxes?box=sent")).status_code == 403
    named = await (await door.program("deqin.director")).get(
        f"{API}/cases/{walk.case_id}/handover/moves?to_office_id={office}"
    )
    assert named.status_code == 404
