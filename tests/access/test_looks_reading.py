"""Who looked at this case: for those entitled, with names and rules; for petitioners always, by office and purpose."""

import csv
from io import StringIO
from typing import Any

import pytest

from tests.access.asking import ASKER, REVIEWER, granted, number_of
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.web.conftest import Browser, browser
from tests.world import World

__all__ = ["browser"]
API = "/api/v1"


@pytest.fixture
def app(application: Any, world: World) -> Any:
    return application


async def looked_at(door: Door, world: World) -> Walk:
    """Opened by its director, an overseer and somebody who was let in; the first party's data revealed."""
    walk = await assessing(world, persons=2)
    await granted(walk)
    for login in ("xgll.director", REVIEWER, ASKER):
        world.clock.advance(seconds=1)
        async with await door.program(login) as client:
            assert (await client.get(f"{API}/cases/{walk.case_id}")).status_code == 200
    party = (await walk.petitioners())[0]
    await walk.do("xgll.director", "reveal-party", party_id=str(party.id), purpose="contact")
    world.clock.advance(seconds=1)
    return walk


async def log(door: Door, login: str, walk: Walk, **query: str) -> Any:
    async with await door.program(login) as client:
        return await client.get(f"{API}/cases/{walk.case_id}/access-log", params=query)


async def own_log(door: Door, number: str, code: str) -> Any:
    async with door.client() as anyone:
        return await anyone.post(f"{API}/petitioner/access-log", json={"registration_no": number, "code": code})


async def test_the_line_of_the_case_reads_names_offices_rules_and_reveals(door: Door, world: World) -> None:
    walk = await looked_at(door, world)
    rows = (await log(door, "xgll.lgo", walk)).json()["rows"]
    seen = [(row["kind"], row["role"], row["relation"], row["rule"], row["purpose"]) for row in rows]
    assert seen == [
        ("reveal", None, None, None, "contact"),
        ("look", "borrower", "delegated", "12b", None),
        ("look", "supervisor_f", "oversees", "39", None),
        ("look", "wr_director", "holds", "11", None),
    ]
    assert rows[0]["party"] == 1 and all(row["person"] and row["office"] for row in rows)
    assert rows[1]["source"].startswith("access_requests:") and rows[3]["exits"] == ["api"]


async def test_the_log_goes_on_page_by_page_and_loses_nothing(door: Door, world: World) -> None:
    walk = await looked_at(door, world)
    found: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await log(door, "diqing.privacy", walk, size="1", **after)).json()
        found += [row["id"] for row in page["rows"]]
        if page["after"] is None:
            break
        after = {"after": page["after"]}
    assert len(found) == len(set(found)) == 4
    again = (await log(door, "diqing.privacy", walk)).json()["rows"]
    assert [row["id"] for row in again[1:]] == found and again[0]["role"] == "privacy_officer"


async def test_who_only_follows_a_case_may_not_read_who_looked_and_a_stranger_finds_nothing(
    door: Door, world: World
) -> None:
    walk = await looked_at(door, world)
    assert (await log(door, "jiantang.head", walk)).status_code == 403
    assert (await log(door, ASKER, walk)).status_code == 403
    assert (await log(door, "deqin.director", walk)).status_code == 404
    broken = await log(door, "xgll.lgo", walk, after="0001-01-01T00:00:00+14:00~x")
    assert broken.status_code == 422 and broken.json()["errors"][0]["field"] == "after"


async def test_a_petitioner_reads_offices_capacities_purposes_and_grants_without_a_name(
    door: Door, world: World
) -> None:
    walk = await looked_at(door, world)
    number = await number_of(walk)
    told = (await own_log(door, number, walk.receipts[0].code)).json()
    joint = (await own_log(door, number, walk.receipts[1].code)).json()
    assert (await own_log(door, number, "WRONG")).status_code == 404
    assert {(look["role"], look["relation"]) for look in told["looks"]} == {
        ("wr_director", "holds"),
        ("supervisor_f", "oversees"),
        ("borrower", "delegated"),
    }
    assert [reveal["purpose"] for reveal in told["reveals"]] == ["contact"] and joint["reveals"] == []
    (grant,) = told["grants"]
    assert grant["purpose"] == "coordination" and grant["office"].startswith("维西") and grant["ends_at"]
    names = [(await world.subject(login)).name for login in ("xgll.director", REVIEWER, ASKER)]
    assert not any(name in str(told) for name in names)


async def test_the_petitioners_page_shows_it_and_gives_everything_as_a_table(
    browser: Browser, door: Door, world: World
) -> None:
    walk = await looked_at(door, world)
    number = await number_of(walk)
    form: dict[str, Any] = {"registration_no": number, "code": walk.receipts[0].code}
    page = await browser.send("/status", form)
    assert "谁看过您的案件" in page.text and "协调同一纠纷的办理" in page.text and "个人信息保护负责人投诉" in page.text
    table = await browser.send("/status/looks", form)
    assert table.status_code == 200 and table.headers["content-type"].startswith("text/csv")
    rows = list(csv.reader(StringIO(table.text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows[1:]].count("打开过案件") == 3
    assert {"查看您的信息", "批准的查阅"} <= {row[0] for row in rows}
    director = (await world.subject("xgll.director")).name
    assert director not in page.text and director not in table.text
    assert (await browser.send("/status/looks", {**form, "code": "WRONGWRONG"})).status_code == 404


async def test_the_page_of_who_looked_is_in_both_languages(browser: Browser, door: Door, world: World) -> None:
    walk = await looked_at(door, world)
    await browser.sign_in("xgll.director")
    page = (await browser.get(f"/cases/{walk.case_id}/looks")).text
    assert "谁看过本案" in page and "查看当事人信息" in page and "规则 12b" in page
    assert f'href="/cases/{walk.case_id}/looks"' in (await browser.get(f"/cases/{walk.case_id}")).text
    browser.speak("en")
    assert "Who looked at this case" in (await browser.get(f"/cases/{walk.case_id}/looks")).text
