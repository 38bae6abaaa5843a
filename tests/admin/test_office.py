"""The operators' office: its own door, its own scope, every change on record."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import select, text

from admin.engine import ENGINE
from admin.tables import TABLES, CalendarDay, DisputeType
from foundation import cookies
from foundation.audit import AuditRow
from foundation.store import ScopeMissing
from tests.door import Door
from tests.world import World

DAYS = "/admin/api/tables/calendar_days/"
TYPES = "/admin/api/tables/dispute_types/"
NEW_DAY = {"date": "2027-04-15", "tenant_id": None, "is_workday": False, "name": "泼水节", "provisional": False}


@asynccontextmanager
async def signed_in(door: Door, login: str) -> AsyncIterator[AsyncClient]:
    """With the token that Piccolo wants to see twice."""
    async with await door.browser(login) as browser:
        await browser.get("/admin/")
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        yield browser


async def changes(world: World, kind: str) -> list[AuditRow]:
    async with world.owner() as session:
        query = select(AuditRow).where(AuditRow.object_kind == kind).order_by(AuditRow.tenant_id, AuditRow.seq)
        return list(await session.scalars(query))


async def days_named(world: World, name: str) -> list[Any]:
    async with world.owner() as session:
        found = await session.execute(text("select * from calendar_days where name = :name"), {"name": name})
        return list(found)


async def test_an_administrator_is_let_in_without_another_sign_in(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        page = await admin.get("/admin/")
        user = (await admin.get("/admin/api/user/")).json()
        tables = (await admin.get("/admin/api/tables/grouped/")).json()
        assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)
        answers = [await admin.get(f"/admin/{asset}") for asset in assets]
    assert page.status_code == 200
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == ["text/javascript", "text/css"]
    assert user["username"] == (await door.world.subject("yunnan.admin")).name
    assert tables["grouped"] == {"基础数据": ["calendar_days", "dispute_types"]}


@pytest.mark.parametrize("login", ["yunnan.director", "yunnan.audit", "jiantang.clerk"])
async def test_nobody_else_is_let_in(door: Door, login: str) -> None:
    async with await door.browser(login) as browser:
        for path in ("/admin/", DAYS, "/admin/assets/x.js"):
            assert (await browser.get(path)).status_code == 403, path


async def test_a_stranger_is_sent_to_the_platforms_own_sign_in(door: Door) -> None:
    async with door.client() as stranger:
        sent = await stranger.get("/admin/")
        assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/sign-in")
        stranger.cookies["id"] = "admitted"
        assert (await stranger.get(DAYS)).status_code == 401, "Piccolo's cookie opens nothing"


CLOSED = (
    "public/login/",
    "public/login",
    "public/logout",
    "public/docs/",
    "public/openapi.json",
    "api/docs/",
    "api/openapi.json",
    "api/change-password/",
    "api/mfa-setup/",
    "api/media/",
    "api/media-files/x/y/z",
    "openapi.json",
    "docs",
    "redoc",
    "assets/../../../etc/passwd",
)


async def test_piccolos_own_ways_are_closed(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        answers = {path: (await admin.get(f"/admin/{path}"), await admin.post(f"/admin/{path}")) for path in CLOSED}
    found = {path: [answer.status_code for answer in pair] for path, pair in answers.items()}
    assert found == {path: [404, 404] for path in CLOSED}


async def test_signing_out_in_the_office_ends_the_platforms_session(door: Door) -> None:
    token = await door.sign_in("diqing.admin")
    async with door.client(cookies={cookies.SESSION: token}) as admin:
        assert (await admin.get("/admin/")).status_code == 200
        assert (await admin.post("/admin/public/logout/")).status_code == 200
        assert (await admin.get("/admin/")).status_code == 303


async def test_a_change_is_made_whole_and_goes_into_the_audit_with_its_author(door: Door) -> None:
    author = await door.world.subject("yunnan.admin")
    async with signed_in(door, "yunnan.admin") as admin:
        made = await admin.post(DAYS, json=NEW_DAY)
        assert made.status_code == 201, made.text
        (day,) = await days_named(door.world, "泼水节")
        changed = await admin.patch(f"{DAYS}{day.id}/", json={"provisional": True})
        assert changed.status_code == 200, changed.text
        assert (await admin.delete(f"{DAYS}{day.id}/")).status_code == 204
    rows = [row for row in await changes(door.world, "calendar_days") if row.object_id == str(day.id)]
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
    chains = {row.tenant_id for row in await changes(door.world, "calendar_days") if row.object_id == str(day.id)}
    assert chains == {own, (await door.world.subject("diqing.admin")).tenant_id}


async def test_a_refused_answer_leaves_nothing(door: Door) -> None:
    before = len(await changes(door.world, "calendar_days"))
    async with signed_in(door, "yunnan.admin") as admin:
        assert (await admin.post(DAYS, json={**NEW_DAY, "date": "2026-10-01"})).status_code == 422, "the day is there"
        assert (await admin.post(DAYS, json={**NEW_DAY, "date": "no day"})).status_code == 422
        assert (await admin.post(DAYS, json={**NEW_DAY, "tenant_id": 10**12})).status_code == 422
        assert (await admin.delete(DAYS)).status_code == 405
        admin.headers["X-CSRFToken"] = "forged"
        assert (await admin.post(DAYS, json=NEW_DAY)).status_code == 403
    assert len(await changes(door.world, "calendar_days")) == before
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


async def test_without_a_request_piccolo_reaches_no_database() -> None:
    with pytest.raises(ScopeMissing):
        await DisputeType.select().run()
    assert ENGINE.pool is None


async def test_the_office_has_a_policy_of_its_own(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        for path in ("/admin/", DAYS):
            policies = (await admin.get(path)).headers.get_list("content-security-policy")
            assert len(policies) == 1
            assert "script-src 'self';" in policies[0] and "frame-ancestors 'none'" in policies[0]


KINDS = {
    "Serial": "integer",
    "Integer": "integer",
    "SmallInt": "smallint",
    "Date": "date",
    "Boolean": "boolean",
    "Varchar": "character varying",
}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.tablename)
async def test_piccolos_tables_are_the_real_ones(world: World, table: Any) -> None:
    query = text("select column_name, data_type, is_nullable from information_schema.columns where table_name = :table")
    async with world.owner() as session:
        real = {tuple(row) for row in await session.execute(query, {"table": table._meta.tablename})}
    seen = {
        (column._meta.db_column_name, KINDS[type(column).__name__], "YES" if column._meta.null else "NO")
        for column in table._meta.columns
    }
    assert seen == real


def test_every_field_of_the_office_is_explained_in_chinese() -> None:
    for table in (CalendarDay, DisputeType):
        for column in table._meta.columns:
            if not column._meta.primary_key or column._meta.name == "code":
                assert column._meta.help_text and not column._meta.help_text.isascii(), column
