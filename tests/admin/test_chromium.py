"""The office and the API's page run under their policies in a real browser, without a word of complaint."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from foundation import cookies
from tests.browser.served import served
from tests.door import Door


@asynccontextmanager
async def page_of(door: Door, chrome: Browser, login: str, complaints: list[str]) -> AsyncIterator[tuple[Page, str]]:
    """A page signed in, which writes down everything that breaks or that a policy refuses."""
    async with served(door.app) as address:
        context = await chrome.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        await context.add_cookies([{"name": cookies.SESSION, "value": await door.token(login), "url": address}])
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        try:
            yield page, address
        finally:
            await context.close()


async def test_a_day_is_changed_in_the_office_with_a_browser(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    async with page_of(door, chrome, "yunnan.admin", complaints) as (page, address):
        await page.goto(f"{address}/admin/")
        await page.get_by_text("Calendar Days").first.click()
        await page.get_by_text("添加行").wait_for()
        await page.get_by_text("2025-01-04").first.click()
        await page.fill("input[name=name]", "周六")
        async with page.expect_response(lambda response: response.request.method == "PATCH") as patched:
            await page.get_by_role("button", name="保存").click()
        assert (await patched.value).status == 200
    assert complaints == []


async def test_the_page_of_the_api_shows_its_operations_offline(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    async with page_of(door, chrome, "jiantang.clerk", complaints) as (page, address):
        outside: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(address) else outside.append(request.url))
        await page.goto(f"{address}/api/docs")
        await page.get_by_text("接谈登记").first.click()
        await page.get_by_text("Try it out").first.wait_for()
        assert await page.get_by_text("/api/v1/cases/{case_id}/acts/issue-opinion").count() == 1
        assert [url for url in outside if not url.startswith("data:")] == []
    assert complaints == []
