"""The pages of requests for access, of the inbox and of the counts, each for the person whose work it is."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from tests.access.asking import ASKER, FORM, REVIEWER, ask_for, granted, number_of
from tests.cases.build import assessing
from tests.door import Door
from tests.web.conftest import Browser
from tests.world import World


@pytest.fixture
async def browser(application: Litestar, world: World) -> AsyncIterator[Browser]:
    transport = ASGITransport(app=cast(Any, application))
    async with AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield Browser(client, world)


async def test_a_request_is_made_on_a_page_that_says_the_same_for_every_number(browser: Browser, world: World) -> None:
    walk = await assessing(world, persons=2)
    await browser.sign_in(ASKER)
    for number in (await number_of(walk), "页面上没有的号码"):
        answer = await browser.send("/access-requests", {**FORM, "number": number})
        assert (answer.status_code, answer.headers["location"]) == (303, "/access-requests?asked=1")
    page = (await browser.get("/access-requests?asked=1")).text
    assert "申请已记录" in page and page.count("等待决定") >= 2 and str(walk.case_id) not in page
    again = await browser.send("/access-requests", {**FORM, "number": "页面上没有的号码"})
    assert again.status_code == 409 and "待决定或仍有效" in again.text
    wrong = await browser.send("/access-requests", {**FORM, "number": "页面上的另一个", "until": "2027-01-01"})
    assert wrong.status_code == 422 and "查阅最长 10 天" in wrong.text and "页面上的另一个" in wrong.text


async def test_a_reviewer_finds_the_request_with_its_act_and_a_grant_with_its_looks(
    browser: Browser, door: Door, world: World
) -> None:
    walk = await assessing(world, persons=2)
    asked = await ask_for(world, await number_of(walk), "deqin.director")
    running = await granted(walk)
    async with await door.program(ASKER) as client:
        assert (await client.get(f"/api/v1/cases/{walk.case_id}")).status_code == 200
    await browser.sign_in(REVIEWER)
    page = (await browser.get("/access-requests/inbox")).text
    act = f"/cases/{walk.case_id}/acts/decide-access?request_id={asked.id}"
    assert act in page and f"revoke-access?request_id={running.id}" in page and "规则 12b" in page
    assert "件查阅申请待决定或复核" in (await browser.get("/desk")).text
    form = (await browser.get(act)).text
    assert f'value="{asked.id}" selected' in form
    data: dict[str, str | list[str]] = {"request_id": str(asked.id), "verdict": "granted", "ground": "确有必要"}
    done = await browser.send(f"/cases/{walk.case_id}/acts/decide-access", data)
    assert done.status_code == 303, done.text


async def test_lists_of_words_have_the_marks_of_the_readers_language(browser: Browser, world: World) -> None:
    await ask_for(world, "没有这样的号码", ASKER)
    await browser.sign_in(ASKER)
    for language, row in (("en", "Timeline, Statements and evidence"), ("zh", "办理过程、陈述和证据")):
        browser.speak(language)
        assert row in (await browser.get("/access-requests")).text


async def test_who_reviews_nothing_and_administrators_are_refused(browser: Browser) -> None:
    await browser.sign_in("xgll.intake")
    for path in ("/access-requests/inbox", "/access-counts"):
        assert (await browser.get(path)).status_code == 403
    assert 'href="/access-requests/inbox"' not in (await browser.get("/desk")).text
    await browser.client.post("/sign-out")
    browser.client.cookies.clear()
    await browser.sign_in("xgll.admin")
    assert (await browser.get("/access-requests")).status_code == 403
    assert (await browser.send("/access-requests", {**FORM, "number": "管理员的号码"})).status_code == 403


async def test_counts_drill_down_below_the_readers_tenant_only(browser: Browser, world: World) -> None:
    await browser.sign_in("diqing.privacy")
    page = (await browser.get("/access-counts")).text
    assert "查阅统计 · 2026-03" in page and "香格里拉市" in page and "不排名次" in page
    below = (await world.subject("xgll.director")).tenant_id
    sister = (await world.subject("gongshan.director")).tenant_id
    assert (await browser.get(f"/access-counts/{below}?month=2026-02")).status_code == 200
    assert (await browser.get(f"/access-counts/{sister}")).status_code == 404
    assert (await browser.get("/access-counts?month=soon")).status_code == 422


async def test_the_pages_speak_english_too(browser: Browser) -> None:
    await browser.sign_in(REVIEWER)
    browser.speak("en")
    for path, title in (
        ("/access-requests", "Requests for access"),
        ("/access-requests/inbox", "Review of access"),
        ("/access-counts", "Statistics of access"),
    ):
        assert title in (await browser.get(path)).text
