"""A draft of the registration in the browser survives a lost network and a reload, sealed; nobody else gets it."""

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from litestar import Litestar
from playwright.async_api import APIResponse, Browser, BrowserContext, Page, Route, expect
from sqlalchemy import text

from tests.browser.filling import fill
from tests.browser.served import served
from tests.people import CLAIMS
from tests.second_step import code_of
from tests.world import PASSWORD, World

SAID = "木秀英家的墙体开裂𥔲👨‍👩‍👧‏"
KEPT = """async () => {
  const open = await new Promise((done) => {
    const asked = indexedDB.open("tiaojie-drafts", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("kept");
    asked.onsuccess = () => done(asked.result);
  });
  const all = (what) => new Promise((done) => {
    const asked = open.transaction("kept").objectStore("kept")[what](); asked.onsuccess = () => done(asked.result); });
  const names = await all("getAllKeys"), values = await all("getAll");
  open.close();
  const key = values[names.indexOf("device")], draft = values[names.indexOf("draft")];
  return { names, extractable: key?.extractable,
    sealed: draft ? new TextDecoder().decode(draft.sealed) : "",
    elsewhere: JSON.stringify({ ...localStorage }), shells: await caches.keys() };
}"""
WIPED = f"""async () => {{
  const {{ names, shells }} = await ({KEPT})();
  return !names.includes("draft") && !shells.length;
}}"""


class Reader:
    """One browser on one device, in which people sign in one after the other."""

    def __init__(self, context: BrowserContext, page: Page, world: World) -> None:
        self.context, self.page, self.world = context, page, world
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if "Content Security" in said.text else None)

    async def sign_in(self, login: str) -> None:
        await self.page.goto("/sign-in")
        await fill(self.page, {"login": login, "password": PASSWORD})
        await self.press("登录")
        if "/sign-in/code" in self.page.url:
            await fill(self.page, {"code": await code_of(self.world, login)})
            await self.press("登录")

    async def press(self, words: str) -> None:
        async with self.page.expect_navigation():
            await self.page.locator("main").get_by_role("button", name=words, exact=True).click()

    async def sign_out(self) -> None:
        await self.page.locator("details.header-menu summary").click()
        async with self.page.expect_navigation(url="**/sign-in"):
            await self.page.get_by_role("button", name="退出登录", exact=True).click()

    async def type(self, **more: Any) -> None:
        """A whole registration, two persons."""
        await self.page.goto("/cases/new")
        form = {
            "mode": "工作室（窗口）接谈",
            "source": "当事人申请",
            "place_id": "建塘镇",
            "dispute_type": "邻里",
            "petitioners": [{"name": "木秀英"}, {"name": "鲁茸", "language": "藏语"}],
            "statement": SAID,
            "claims": [{"text": CLAIMS[0]["text"], "nature": "人身、财产损害"}],
            "privacy_notice": True,
            **more,
        }
        await fill(self.page, form)
        await self.saved()
        await self.said("kept")

    async def said(self, state: str) -> None:
        """The line about the draft."""
        await expect(self.page.locator("#draft-line")).to_have_attribute("data-state", state)
        await expect(self.page.locator("#draft-line")).to_be_visible()

    async def saved(self) -> None:
        """The last touch of the form is kept."""
        await expect(self.page.locator("#draft-line:not([data-pending])")).to_be_visible()

    async def kept(self) -> Any:
        return await self.page.evaluate(KEPT)

    async def wiped(self) -> None:
        """A page begins to wipe while it shows itself; this is its end."""
        await self.page.wait_for_function(WIPED)

    async def register(self) -> None:
        await self.page.locator("main").get_by_role("button", name="登记", exact=True).click()


@pytest.fixture
async def reader(
    application: Litestar, chrome: Browser, world: World, request: pytest.FixtureRequest
) -> AsyncIterator[Reader]:
    """A parameter says whether the browser allows service workers."""
    async with served(application) as address:
        workers: Literal["allow", "block"] = getattr(request, "param", "allow")
        context = await chrome.new_context(base_url=address, locale="zh-CN", service_workers=workers)
        context.set_default_timeout(8_000)
        reader = Reader(context, await context.new_page(), world)
        yield reader
        await context.close()
    assert reader.complaints == []


async def held(world: World) -> int:
    office = await world.office("jiantang.clerk")
    async with world.owner() as session:
        count = text("select count(*) from cases where holder_office_id = :at")
        found: int = (await session.scalars(count, {"at": office})).one()
    return found


async def test_without_a_network_it_waits_and_is_registered_once_when_the_network_is_back(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    before = await held(reader.world)
    await reader.context.set_offline(True)
    await reader.said("offline")
    await reader.page.locator("[name=calming]").fill("断网时补记")
    await reader.register()
    await reader.said("waiting")
    async with reader.page.expect_navigation():
        await reader.context.set_offline(False)
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("登记回执")
    assert await held(reader.world) == before + 1
    await reader.wiped()
    kept = await reader.kept()
    assert (kept["names"], kept["shells"], kept["elsewhere"]) == ([], [], "{}")


async def test_it_survives_a_reload_with_and_without_a_network(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    await reader.page.reload()
    await reader.said("restored")
    await _all_is_there(reader.page)
    await expect(reader.page.locator("#draft-line")).to_be_visible()
    await reader.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await reader.context.set_offline(True)
    await reader.page.reload()
    await reader.said("offline")
    await _all_is_there(reader.page)
    await reader.register()
    await reader.said("waiting")
    await reader.page.reload()  # impatience: it still waits, and is still the same form
    await reader.said("waiting")
    before = await held(reader.world)
    async with reader.page.expect_navigation():
        await reader.context.set_offline(False)
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("登记回执")
    assert await held(reader.world) == before + 1


async def _all_is_there(page: Page) -> None:
    await expect(page.locator("[name=statement]")).to_have_value(SAID)
    await expect(page.locator("[name='petitioners.1.name']")).to_have_value("鲁茸")
    await expect(page.locator("[name='petitioners.1.language']")).to_have_value("藏语")
    await expect(page.locator("[name=privacy_notice]")).to_be_checked()
    await expect(page.locator("[name=mode][value=desk]")).to_be_checked()


@pytest.mark.parametrize("reader", ["block"], indirect=True)  # else the request is the worker's, not the page's
async def test_an_answer_that_never_came_is_asked_for_again_and_nothing_is_registered_twice(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    before = await held(reader.world)
    lost: list[APIResponse] = []

    async def lose_the_first_answer(route: Route) -> None:
        if route.request.method != "POST" or lost:
            await route.continue_()
            return
        lost.append(await route.fetch())  # it arrives, and the answer does not
        await route.abort("connectionreset")

    await reader.page.route("**/cases/new", lose_the_first_answer)
    await reader.register()
    await expect(reader.page.locator("main")).to_have_count(0)
    await reader.page.goto("/cases/new")
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("登记回执")
    assert (len(lost), await held(reader.world)) == (1, before + 1)
    code = await reader.page.locator('dt:text-is("查询码") + dd').first.inner_text()
    assert code in await lost[0].text()


async def test_it_is_sealed_on_the_device_under_a_key_that_nobody_can_take_out(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    kept = await reader.kept()
    assert (sorted(kept["names"]), kept["extractable"]) == (["device", "draft"], False)
    for said in (SAID, "木秀英", "鲁茸", "statement"):
        assert said not in kept["sealed"] and said not in kept["elsewhere"]


async def test_another_person_on_the_same_device_gets_none_of_it(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    await reader.context.clear_cookies()  # the session is over; nobody signed out
    await reader.sign_in("xgll.intake")
    await reader.page.goto("/cases/new")
    await expect(reader.page.locator("[name=statement]")).to_have_value("")
    await expect(reader.page.locator("#draft-line")).to_be_hidden()
    await reader.wiped()


async def test_without_a_session_it_stays_shut_and_the_same_person_finds_it_after_signing_in(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    await reader.context.clear_cookies()
    await reader.page.goto("/cases/new")
    assert "/sign-in" in reader.page.url
    other_tab = await reader.context.new_page()
    await reader.context.set_offline(True)
    await other_tab.goto("/cases/new")
    await expect(other_tab.locator("[name=statement]")).to_have_value("")
    await other_tab.close()
    await reader.context.set_offline(False)
    await reader.sign_in("jiantang.clerk")
    await reader.page.goto("/cases/new")
    await _all_is_there(reader.page)


@pytest.mark.parametrize("way", ["signing out", "discarding", "its time"])
async def test_it_is_gone_after(reader: Reader, way: str) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type()
    if way == "signing out":
        await reader.sign_out()
    elif way == "discarding":
        async with reader.page.expect_navigation():
            await reader.page.get_by_role("button", name="丢弃草稿").click()
    else:
        past = (
            "localStorage['tiaojie.draft'] = JSON.stringify({...JSON.parse(localStorage['tiaojie.draft']), until: 1})"
        )
        await reader.page.evaluate(past)
        await reader.page.goto("/desk")
    await expect(reader.page.locator("main")).to_be_visible()
    await reader.wiped()
    if way == "signing out":
        await reader.sign_in("jiantang.clerk")
    await reader.page.goto("/cases/new")
    await expect(reader.page.locator("[name=statement]")).to_have_value("")


async def test_a_refused_form_goes_on_as_the_draft_under_its_new_key(reader: Reader) -> None:
    await reader.sign_in("jiantang.clerk")
    await reader.type(claims=[{"text": "", "nature": "人身、财产损害"}])
    async with reader.page.expect_navigation():
        await reader.register()
    await expect(reader.page.locator("#error-summary")).to_be_visible()
    await reader.said("kept")
    await reader.page.goto("/cases/new")
    await reader.said("restored")
    await _all_is_there(reader.page)
    await reader.page.locator("[name='claims.0.text']").fill("要求修复")
    async with reader.page.expect_navigation():
        await reader.register()
    await expect(reader.page.get_by_role("heading", level=1)).to_have_text("登记回执")
