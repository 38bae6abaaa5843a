"""The office and the API's page run under their policies in a real browser, without a word of complaint."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, Page

from admin.wording import TABLES, shown
from foundation import cookies
from tests.admin.seat import TABLES as SEAT_TABLES
from tests.admin.seat import signed_in
from tests.browser.served import served
from tests.door import Door

COMPLAINT = re.compile(r"Policy|^Error|^TypeError|\[Vue")
"""What a policy refuses, and what breaks in the page's own scripts."""
ROWS = ".table_wrapper tbody tr"


async def screenshot(page: Page, name: str) -> None:
    """For the guides, when somebody makes them (setup/screenshots.py)."""
    if folder := os.environ.get("TIAOJIE_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@asynccontextmanager
async def page_of(door: Door, chrome: Browser, login: str, complaints: list[str]) -> AsyncIterator[tuple[Page, str]]:
    """A page signed in, which writes down everything that breaks or that a policy refuses."""
    async with served(door.app) as address:
        context = await chrome.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        await context.add_cookies([{"name": cookies.SESSION, "value": await door.token(login), "url": address}])
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if COMPLAINT.search(message.text) else None)
        try:
            yield page, address
        finally:
            await context.close()


async def open_table(page: Page, title: str, name: str) -> None:
    """By the menu; the page asks for its rows twice, the second time in the table's own order."""
    ordered = re.compile(rf"/{quote(name)}/\?.*__order")
    async with page.expect_response(ordered):
        await page.get_by_text(title, exact=True).first.click()
    await page.locator(ROWS).first.wait_for()


async def open_form(page: Page, title: str) -> None:
    await page.get_by_text(title, exact=True).first.click()
    await page.get_by_role("button", name="提交").wait_for()


async def test_a_day_is_changed_in_the_office_with_a_browser(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    async with page_of(door, chrome, "yunnan.admin", complaints) as (page, address):
        await page.goto(f"{address}/admin/")
        await open_table(page, "节假日与调休", "节假日与调休")
        await page.locator(ROWS).first.locator("span.link a").click()
        await page.fill("input[name=name]", "周六")
        async with page.expect_response(lambda response: response.request.method == "PATCH") as patched:
            await page.get_by_role("button", name="保存").click()
        assert (await patched.value).status == 200
    assert complaints == []


async def test_every_table_opens_with_its_columns_in_chinese(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    await _rows_of_ones_own(door)
    async with page_of(door, chrome, "diqing.admin", complaints) as (page, address):
        await page.goto(f"{address}/admin/")
        for name in TABLES:
            await open_table(page, shown(name).replace("_", " "), shown(name))
            heads = [head.strip() for head in await page.locator(".table_wrapper th").all_inner_texts()]
            assert len([head for head in heads if head and not head.isascii()]) >= 2, name
        await page.locator(ROWS).first.locator("span.link a").first.click()
        await page.get_by_role("button", name="保存").click()
        await page.get_by_text("这张表只供查看").wait_for()
    assert complaints == []


async def _rows_of_ones_own(door: Door) -> None:
    """In the tables that are empty until a tenant writes in them."""
    tenant = (await door.world.subject("diqing.admin")).tenant_id
    committee = await door.world.office("diqing.chair")
    lasting = {"tenant_id": tenant, "valid_from": "2031-01-01"}
    ended = {**lasting, "valid_to": "2031-12-31"}
    rows = {
        "subtree_own_steps": {"name": "合议", "before_act": "close-case", "basis": "州调办〔2031〕1号", **ended},
        "subtree_term_settings": {"kind": "mediation", "lead_days": 7, "length": None, "reason": "州调办", **lasting},
        "subtree_handover_settings": {"naming_days": 3, "most_handovers": None, "reason": "州调办", **lasting},
        "subtree_committee_sponsors": {"tenant_id": tenant, "office_id": committee, "name": "州商会", "uscc": None},
        "campaigns": {"name": "专项行动", "source": "州调办〔2031〕2号", "tasks": "走访", **ended},
    }
    async with signed_in(door, "diqing.admin") as admin:
        for table, row in rows.items():
            made = await admin.post(f"{SEAT_TABLES}{table}/", json=row)
            assert made.status_code == 201, made.text


async def test_a_person_is_invited_by_a_form_and_its_refusals_can_be_read(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    async with page_of(door, chrome, "diqing.admin", complaints) as (page, address):
        await page.goto(f"{address}/admin/")
        await open_form(page, "邀请新人员")
        await page.fill("input[name=name]", "和丽萍")
        await page.fill("input[name=role]", "人民调解员")
        await page.fill("input[name=login]", "he.liping")
        await page.fill("input[name=office]", "迪庆藏族自治州人民调解工作室")
        await screenshot(page, "office-form")
        await page.fill("input[name=office]", "昆明市人民调解工作室")
        await page.get_by_role("button", name="提交").click()
        await page.get_by_text("机构：本级及以下没有找到").wait_for()
        await page.fill("input[name=office]", "迪庆藏族自治州人民调解工作室")
        await page.get_by_role("button", name="提交").click()
        told = page.get_by_text("邀请链接（只显示这一次")
        await told.wait_for()
        assert "/invitations/" in await told.inner_text()
    assert complaints == []


async def test_the_page_of_the_api_shows_its_operations_offline(door: Door, chrome: Browser) -> None:
    complaints: list[str] = []
    async with page_of(door, chrome, "jiantang.clerk", complaints) as (page, address):
        outside: list[str] = []
        page.on("request", lambda request: None if request.url.startswith(address) else outside.append(request.url))
        await page.goto(f"{address}/api/docs")
        await page.locator("#operations-tag-cases").click()
        # only what is near the window is drawn, so each is looked at before the next group opens
        await page.locator(".opblock-summary").get_by_text("接谈登记", exact=True).click()
        await page.get_by_text("Try it out").first.wait_for()
        await page.goto(f"{address}/api/docs#/acts/issueOpinion")
        await page.reload()
        await page.locator("#operations-acts-issueOpinion").get_by_text("Try it out").wait_for()
        assert [url for url in outside if not url.startswith("data:")] == []
    assert complaints == []


async def test_the_menu_does_not_offer_what_is_closed(door: Door, chrome: Browser) -> None:
    """Piccolo's own password and MFA; the platform's are elsewhere."""
    complaints: list[str] = []
    async with page_of(door, chrome, "yunnan.admin", complaints) as (page, address):
        await page.goto(f"{address}/admin/")
        shown_as = "one => getComputedStyle(one).display"
        for way in ("#/change-password/", "./api/mfa-setup/"):
            link = page.locator(f'a[href="{way}"]')
            await link.wait_for(state="attached")
            assert await link.evaluate(shown_as) == "none"
        assert await page.get_by_text("登出", exact=True).evaluate(shown_as) != "none"
    assert complaints == []
