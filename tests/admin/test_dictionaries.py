"""Days, dispute types: who changes which row, and that every change is on record."""

from typing import Any

from sqlalchemy import text

from tests.admin.seat import TABLES, changes, signed_in
from tests.door import Door
from tests.world import World

DAYS = f"{TABLES}subtree_calendar_days/"
TYPES = f"{TABLES}dispute_types/"
NEW_DAY = {"date": "2027-04-15", "tenant_id": None, "is_workday": False, "name": "泼水节", "provisional": False}


async def days_named(world: World, name: str) -> list[Any]:
    async with world.owner() as session:
        found = await session.execute(text("select * from calendar_days where name = :name"), {"name": name})
        return list(found)


async def count_of_changes(world: World) -> int:
    async with world.owner() as session:
        query = text("select count(*) from audit_log where object_kind = 'calendar_days'")
        return int(await session.scalar(query) or 0)


async def test_a_change_is_made_whole_and_goes_into_the_audit_with_its_author(door: Door) -> None:
    author = await door.world.subject("yunnan.admin")
    async with signed_in(door, "yunnan.admin") as admin:
        made = await admin.post(DAYS, json=NEW_DAY)
        assert made.status_code == 201, made.text
        (day,) = await days_named(door.world, "泼水节")
        changed = await admin.patch(f"{DAYS}{day.id}/", json={"provisional": True})
        assert changed.status_code == 200, changed.text
        assert (await admin.delete(f"{DAYS}{day.id}/")).status_code == 204
    rows = await changes(door.world, "calendar_days", day.id)
    assert [row.detail["operation"] for row in rows] == ["insert", "update", "delete"]
    assert {(row.actor, row.post_id, row.tenant_id) for row in rows} == {
        (str(author.person_id), author.post_id, author.tenant_id)
    }
    assert (rows[1].detail["before"]["provisional"], rows[1].detail["after"]["provisional"]) == (False, True)


async def test_what_the_whole_province_shares_is_changed_by_the_province_alone(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as county:
        day = (await county.get(DAYS, params={"__page_size": 1})).json()["rows"][0]
        assert (await county.post(DAYS, json=NEW_DAY)).status_code == 403
        assert (await county.patch(f"{DAYS}{day['id']}/", json={"name": "改"})).status_code == 403
        assert (await county.delete(f"{DAYS}{day['id']}/")).status_code == 403
        assert (await county.patch(f"{TYPES}8/", json={"name_zh": "改"})).status_code == 403
        assert (await county.post(TYPES, json={"code": 99, "name_zh": "新", "name_en": "New"})).status_code in (
            400,
            403,
        )
    assert await days_named(door.world, "泼水节") == []


async def test_a_county_adds_days_of_its_own_and_no_others(door: Door) -> None:
    own = (await door.world.subject("xgll.admin")).tenant_id
    sibling = (await door.world.subject("deqin.director")).tenant_id
    local = {**NEW_DAY, "name": "赛马节", "date": "2027-06-19"}
    async with signed_in(door, "xgll.admin") as county:
        assert (await county.post(DAYS, json={**local, "tenant_id": sibling})).status_code == 403
        assert (await county.post(DAYS, json={**local, "tenant_id": own})).status_code == 201
    (day,) = await days_named(door.world, "赛马节")
    assert day.tenant_id == own
    async with signed_in(door, "diqing.admin") as above:
        assert (await above.patch(f"{DAYS}{day.id}/", json={"provisional": True})).status_code == 200
    chains = {row.tenant_id for row in await changes(door.world, "calendar_days", day.id)}
    assert chains == {own, (await door.world.subject("diqing.admin")).tenant_id}


async def test_a_refused_answer_leaves_nothing(door: Door) -> None:
    before = await count_of_changes(door.world)
    async with signed_in(door, "yunnan.admin") as admin:
        assert (await admin.post(DAYS, json={**NEW_DAY, "date": "2026-10-01"})).status_code == 422, "the day is there"
        assert (await admin.post(DAYS, json={**NEW_DAY, "date": "no day"})).status_code == 422
        assert (await admin.post(DAYS, json={**NEW_DAY, "tenant_id": 10**12})).status_code == 422
        assert (await admin.delete(DAYS)).status_code == 405
        admin.headers["X-CSRFToken"] = "forged"
        assert (await admin.post(DAYS, json=NEW_DAY)).status_code == 403
    assert await count_of_changes(door.world) == before
    assert await days_named(door.world, "泼水节") == []


async def test_lists_and_filters_read_through_the_scoped_transaction(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as county:
        found = (await county.get(TYPES, params={"name_zh": "征地", "name_zh__match": "contains"})).json()["rows"]
        assert [row["code"] for row in found] == [8]
        count = (await county.get(f"{DAYS}count/")).json()["count"]
    async with door.world.owner() as session:
        assert count == await session.scalar(text("select count(*) from calendar_days"))


async def test_an_order_by_no_column_is_refused_by_name(door: Door) -> None:
    async with signed_in(door, "xgll.admin") as county:
        assert (await county.get(DAYS, params={"__order": "nothing"})).status_code == 422
