"""What the pages do in a real browser: rows that repeat, focus on what is wrong, no complaint of the policy."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from playwright.async_api import Browser, Page, ViewportSize, expect
from sqlalchemy import text

from foundation import cookies
from tests.browser.served import served
from tests.door import Door
from tests.world import PASSWORD

PHONE: ViewportSize = {"width": 390, "height": 844}
LAPTOP: ViewportSize = {"width": 1366, "height": 768}


@pytest.fixture
async def clerk(app: Litestar, chrome: Browser) -> AsyncIterator[Page]:
    """A window clerk's page, signed in; the test fails when the browser complained of anything but a refusal."""
    complaints: list[str] = []
    async with served(app) as address:
        page = await chrome.new_page(base_url=address)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "status of 4" not in said.text else None)
        await page.goto("/sign-in")
        await page.fill("[name=login]", "jiantang.clerk")
        await page.fill("[name=password]", PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/desk")
        yield page
        await page.close()
    assert complaints == []


async def test_a_row_can_be_added_and_removed_and_each_keeps_its_own_names(clerk: Page) -> None:
    await clerk.goto("/cases/new")
    people = clerk.locator("#f-petitioners")
    await people.get_by_role("button", name="增加一项").click()
    assert await people.locator("[data-row]").count() == 2
    assert await clerk.evaluate("document.activeElement.name") == "petitioners.1.name"
    await people.get_by_role("button", name="删除这一项").first.click()
    assert await people.locator("[name='petitioners.1.name']").count() == 1
    assert await people.locator("[name='petitioners.0.name']").count() == 0


async def test_a_refused_form_takes_the_focus_to_the_summary_and_its_links_lead_to_the_fields(clerk: Page) -> None:
    await clerk.goto("/cases/new")
    await clerk.fill("[name='petitioners.0.name']", "和春生")
    await clerk.locator("main").get_by_role("button", name="登记", exact=True).click()
    await clerk.wait_for_selector("#error-summary")
    await expect(clerk.locator("#error-summary")).to_be_focused()
    await clerk.locator("#error-summary a").nth(1).click()
    await clerk.wait_for_url("**#f-source")
    assert await clerk.input_value("[name='petitioners.0.name']") == "和春生"


async def test_a_branch_of_the_tree_opens_in_place(clerk: Page) -> None:
    await clerk.goto("/tree")
    await clerk.locator("summary", has_text="迪庆").click()
    await clerk.wait_for_selector("text=香格里拉市")
    assert clerk.url.endswith("/tree")


async def test_the_keyboard_reaches_the_content_first(clerk: Page) -> None:
    await clerk.goto("/cases")
    await clerk.keyboard.press("Tab")
    assert await clerk.evaluate("document.activeElement.textContent") == "跳到正文"
    await clerk.keyboard.press("Enter")
    await clerk.wait_for_url("**#main")


@pytest.mark.parametrize("size", [PHONE, LAPTOP], ids=["phone", "laptop"])
async def test_no_page_is_wider_than_the_screen(clerk: Page, size: ViewportSize) -> None:
    await clerk.set_viewport_size(size)
    for path in ("/desk", "/cases", "/cases/new", "/tree", "/password", "/tokens"):
        await clerk.goto(path)
        assert await clerk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


async def test_a_line_of_a_plan_shows_what_its_operation_asks_for(app: Litestar, chrome: Browser, door: Door) -> None:
    async with served(app) as address:
        context = await chrome.new_context(base_url=address, viewport=PHONE)
        token = await door.token("diqing.admin")
        await context.add_cookies([{"name": cookies.SESSION, "value": token, "url": address}])
        page = await context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        await page.goto("/tree-plans/new")
        await page.select_option("[name='changes.0.operation']", "merge")
        shown = {name: await page.is_visible(f"[name='changes.0.{name}']") for name in ("code", "into_code", "name")}
        assert shown == {"code": True, "into_code": True, "name": False}
        await page.get_by_role("button", name="增加一项").click()
        await page.select_option("[name='changes.1.operation']", "rename")
        assert await page.is_visible("[name='changes.1.name']") and await page.is_visible(
            "[name='changes.0.into_code']"
        )
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        await context.close()
    assert complaints == []


PLAN = {
    "effective_on": "2026-09-01",
    "ground": "云政复〔2026〕11号",
    "changes": [{"operation": "rename", "code": "533401102", "name": "新名镇"}],
}
RUNNING = text("update tree_plans set state = :state, began_at = :now, cases_done = :done where id = :plan")


async def test_how_far_a_plan_is_shows_by_itself(app: Litestar, chrome: Browser, door: Door) -> None:
    async with await door.program("diqing.admin") as admin:
        plan = (await admin.post("/api/v1/tree-plans", json=PLAN)).json()["plan"]["id"]

    async def stands(state: str, done: int) -> None:
        async with door.world.owner() as session:
            now = door.world.clock.now()
            await session.execute(RUNNING, {"state": state, "done": done, "plan": plan, "now": now})

    await stands("running", 3)
    async with served(app) as address:
        context = await chrome.new_context(base_url=address)
        token = await door.token("diqing.admin")
        await context.add_cookies([{"name": cookies.SESSION, "value": token, "url": address}])
        page = await context.new_page()
        await page.goto(f"/tree-plans/{plan}")
        await page.wait_for_selector("#progress >> text=已随之移转 3 件")
        await stands("running", 7)
        await page.wait_for_selector("#progress >> text=已随之移转 7 件")
        assert await page.locator("h1").count() == 1, "only the progress is taken from the new page"
        await stands("withdrawn", 7)
        await context.close()
