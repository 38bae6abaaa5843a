"""A prefecture's administrator meets its own subtree at every exit of the office, and nobody changes the tree there."""

import re
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from tests.admin.seat import TABLES, refusal, signed_in, submit
from tests.door import Door
from tests.world import World

OWN, FOREIGN = "diqing.admin", "530100"
"""The administrator of 迪庆州, and 昆明市 beside it."""

BELOW = """with recursive below(id) as (
    select t.id from tenants t join places p on p.id = t.place_id where p.code_mca = '533400'
    union all select t.id from tenants t join below b on t.parent_id = b.id) """
KEYS = {
    "tenants": "select id from below",
    "offices": "select o.id from offices o join below b on b.id = o.tenant_id",
    "posts": "select w.id from posts w join offices o on o.id = w.office_id join below b on b.id = o.tenant_id",
    "persons": "select distinct w.person_id from posts w join offices o on o.id = w.office_id"
    " join below b on b.id = o.tenant_id",
    "accounts": "select distinct a.id from accounts a join posts w on w.person_id = a.person_id"
    " join offices o on o.id = w.office_id join below b on b.id = o.tenant_id",
}
"""By the parents alone, without the columns that the views read."""


async def keys(world: World, table: str) -> set[str]:
    async with world.owner() as session:
        return {str(key) for key in await session.scalars(text(BELOW + KEYS[table]))}


async def beyond(world: World, table: str) -> list[str]:
    """Some keys outside the subtree."""
    async with world.owner() as session:
        query = f"{BELOW} select r.id from {table} r where r.id not in ({KEYS[table]}) order by r.id limit 3"
        return [str(key) for key in await session.scalars(text(query))]


async def foreign_tenant(world: World) -> int:
    async with world.owner() as session:
        query = "select t.id from tenants t join places p on p.id = t.place_id where p.code_mca = :code"
        return int((await session.execute(text(query), {"code": FOREIGN})).scalar_one())


async def every_row(admin: AsyncClient, table: str, **params: Any) -> list[dict[str, Any]]:
    """All pages, as the office's CSV export reads them."""
    rows: list[dict[str, Any]] = []
    while True:
        page = {"__page_size": 1000, "__page": len(rows) // 1000 + 1, "__readable": "true", **params}
        found = (await admin.get(f"{TABLES}subtree_{table}/", params=page)).json()["rows"]
        rows += found
        if len(found) < 1000:
            return rows


@pytest.mark.parametrize("table", KEYS)
async def test_a_list_its_pages_its_count_and_its_csv_hold_the_subtree_and_no_more(door: Door, table: str) -> None:
    expected = await keys(door.world, table)
    async with signed_in(door, OWN) as admin:
        rows = await every_row(admin, table)
        count = (await admin.get(f"{TABLES}subtree_{table}/count/")).json()["count"]
        page = await admin.get(f"{TABLES}subtree_{table}/", params={"__page_size": 1, "__range_header": "true"})
    assert {str(row["id"]) for row in rows} == expected
    assert count == len(expected) > 10
    assert page.headers["content-range"].endswith(f"/{len(expected)}")


@pytest.mark.parametrize("table", KEYS)
async def test_a_list_to_choose_from_holds_the_subtree_and_no_more(door: Door, table: str) -> None:
    async with signed_in(door, OWN) as admin:
        offered = (await admin.get(f"{TABLES}subtree_{table}/ids/")).json()
        searched = (await admin.get(f"{TABLES}subtree_{table}/ids/", params={"search": "a", "limit": 1000})).json()
        assert searched.keys() <= offered.keys()
    assert set(offered) == await keys(door.world, table)


@pytest.mark.parametrize("table", KEYS)
async def test_a_row_beyond_is_not_there_whatever_is_asked_of_it(door: Door, table: str) -> None:
    async with signed_in(door, OWN) as admin:
        for key in await beyond(door.world, table):
            row = f"{TABLES}subtree_{table}/{key}/"
            answers = [await admin.get(row), await admin.delete(row), await admin.patch(row, json={})]
            assert [answer.status_code for answer in answers] == [404, 404, 404]
            assert {answer.text for answer in answers} == {"没有找到"}


async def test_a_filter_by_a_forged_id_finds_nothing(door: Door) -> None:
    tenant = await foreign_tenant(door.world)
    async with signed_in(door, OWN) as admin:
        assert await every_row(admin, "offices", tenant_id=tenant) == []
        assert await every_row(admin, "tenants", parent_id=tenant) == []
        for table in ("offices", "posts"):
            (key, *_) = await beyond(door.world, "persons" if table == "posts" else "tenants")
            field = "person_id" if table == "posts" else "tenant_id"
            count = await admin.get(f"{TABLES}subtree_{table}/count/", params={field: key})
            assert count.json()["count"] == 0
        joined = await admin.get(f"{TABLES}subtree_offices/", params={"__visible_fields": "tenant_id.name"})
        assert joined.status_code == 422, "no look through a foreign key"


async def test_words_of_the_rows_do_not_name_what_lies_beyond(door: Door) -> None:
    """The prefecture's own upper tenant stands as a number, without its name."""
    async with signed_in(door, OWN) as admin:
        rows = await every_row(admin, "tenants")
        own = next(row for row in rows if row["tier"] == "F")
        posts = await every_row(admin, "posts")
    assert "云南" not in str(own)
    readable = {row["office_id_readable"] for row in posts}
    assert readable and not [name for name in readable if re.search("昆明|大理|云南省", name)]


async def test_days_of_other_lines_do_not_show_and_those_above_do(door: Door) -> None:
    foreign = await foreign_tenant(door.world)
    own = (await door.world.subject(OWN)).tenant_id
    tenants = {"昆明地方节日": foreign, "迪庆地方节日": own}
    async with door.world.owner() as session:
        insert = text(
            "insert into calendar_days (date, tenant_id, is_workday, name, provisional)"
            " values ('2028-05-05', :tenant, false, :name, false)"
        )
        for name, tenant in tenants.items():
            await session.execute(insert, {"tenant": tenant, "name": name})
    seen = {}
    for login in (OWN, "xgll.admin", "yunnan.admin"):
        async with signed_in(door, login) as admin:
            rows = (await admin.get(f"{TABLES}subtree_calendar_days/", params={"name": "地方节日"})).json()["rows"]
            seen[login] = {row["name"] for row in rows}
    async with door.world.owner() as session:
        await session.execute(text("delete from calendar_days where date = '2028-05-05'"))
    assert seen == {OWN: {"迪庆地方节日"}, "xgll.admin": {"迪庆地方节日"}, "yunnan.admin": set(tenants)}


@pytest.mark.parametrize("table", KEYS)
async def test_the_tree_is_changed_by_forms_alone(door: Door, table: str) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        row = (await admin.get(f"{TABLES}subtree_{table}/", params={"__page_size": 1})).json()["rows"][0]
        address = f"{TABLES}subtree_{table}/{row['id']}/"
        body = {name: value for name, value in row.items() if name != "id"}
        answers = [
            await admin.post(f"{TABLES}subtree_{table}/", json=body),
            await admin.patch(address, json={}),
            await admin.delete(address),
            await admin.put(address, json=body),
            await admin.delete(f"{TABLES}subtree_{table}/"),
        ]
    assert [answer.status_code for answer in answers] == [405] * 5
    assert [answer.text for answer in answers[:3]] == ["这张表只供查看；增加、撤销、停用请用左侧的表单"] * 3


async def test_the_database_refuses_the_tree_to_the_office_too(door: Door) -> None:
    """Were a validator forgotten: the views let nothing be written."""
    async with door.world.as_("yunnan.admin") as (session, _):
        for table in KEYS:
            query = "select has_table_privilege(current_user, :table, 'insert, update, delete')"
            assert await session.scalar(text(query), {"table": f"subtree_{table}"}) is False


FORGED = {
    "open-office": {"tenant": "昆明市", "kind": "人民调解委员会", "name": "测试调委会"},
    "close-office": {"office": "昆明市人民调解工作室"},
    "record-contact": {"office": "昆明市人民调解工作室", "address": "某路一号", "telephone": "000-1234567"},
    "give-post": {"person": "diqing.mediator", "office": "昆明市人民调解工作室", "role": "人民调解员"},
    "end-post": {"person": "yunnan.intake", "office": "迪庆藏族自治州人民调解工作室", "role": "接访员"},
    "invite-person": {"name": "李某", "office": "昆明市人民调解工作室", "role": "人民调解员", "login": "some.body"},
    "invite-again": {"person": "yunnan.intake"},
}


@pytest.mark.parametrize("form", FORGED)
async def test_a_form_that_names_what_lies_beyond_finds_nothing(door: Door, form: str) -> None:
    """By name, and by number as forged: the same answer."""
    async with door.world.owner() as session:
        office = await session.scalar(text("select id from offices where name = '昆明市人民调解工作室'"))
    numbered = {"昆明市": str(await foreign_tenant(door.world)), "昆明市人民调解工作室": str(office)}
    async with signed_in(door, OWN) as admin:
        for fields in (FORGED[form], {name: numbered.get(value, value) for name, value in FORGED[form].items()}):
            assert refusal(await submit(admin, form, **fields)).endswith("：本级及以下没有找到")


async def test_an_account_beyond_is_neither_closed_nor_opened(door: Door) -> None:
    async with signed_in(door, OWN) as admin:
        for form in ("disable-account", "enable-account"):
            said = [refusal(await submit(admin, form, login=login)) for login in ("yunnan.intake", "nobody.here")]
            assert said == ["没有找到", "没有找到"]


async def test_a_name_that_several_bear_must_be_said_by_number(door: Door) -> None:
    async with door.world.owner() as session:
        name = await session.scalar(text("select name from tenants group by name having count(*) > 1 limit 1"))
        everywhere = set(await session.scalars(text("select id::text from tenants where name = :name"), {"name": name}))
    form = {"tenant": name, "kind": "人民调解委员会", "name": "测试调委会"}
    async with signed_in(door, "yunnan.admin") as admin:
        said = refusal(await submit(admin, "open-office", **form))
    assert len(everywhere) > 1 and {key for key in everywhere if key in said} == everywhere
