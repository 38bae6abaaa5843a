"""What every page owes its reader: the other language whole, the keyboard, a phone's width, a way back."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.walker import PHONE, Walker
from tests.cases.build import assessing

CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@pytest.fixture
async def case(walk: Walker) -> str:
    """A case of three persons in assessment at the workroom of 香格里拉市."""
    built = await assessing(walk.world, persons=3)
    walk.case = f"/cases/{built.case_id}"
    return walk.case


async def test_in_english_only_names_and_what_people_wrote_stay_chinese(walk: Walker, case: str) -> None:
    page = await walk.open("xgll.director")
    await walk.speak(page, "English")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    for part in (
        ".stepper",
        ".acts .act-list",
        "#facts-title",
        "#parties-title",
        "#claims-title",
        "thead",
        "header nav",
    ):
        for text in await page.locator(part).all_inner_texts():
            assert not CHINESE.findall(text), (part, text)
    await walk.shot(page, "english-case")
    await walk.follow(page.locator('.acts a[href$="/acts/assess-claim"]'))
    for text in await page.locator("label.form-label, legend, button, .form-hint").all_inner_texts():
        assert not CHINESE.findall(text.replace("中文", "")), text
    await walk.shot(page, "english-form")
    await walk.speak(page, "中文")


async def test_the_keyboard_alone_does_an_act(walk: Walker, case: str) -> None:
    page = await walk.open("xgll.director")
    await page.locator("#main").focus()
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.getAttribute('href')") == f"{case}/acts/write-note":
            break
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await page.locator("#main").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("已与乡镇核对")
    await page.keyboard.press("Tab")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(page.locator(".alert-success")).to_contain_text("写备注")
    await expect(walk.section(page, "notes")).to_contain_text("已与乡镇核对")


async def test_a_case_and_its_forms_fit_a_phone(walk: Walker, case: str) -> None:
    page = await walk.page("xgll.director")
    await page.set_viewport_size(PHONE)
    for name, path in (("case", case), ("form", f"{case}/acts/record-consent"), ("list", "/cases"), ("desk", "/desk")):
        await page.goto(path)
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        await walk.shot(page, f"phone-{name}")


async def test_a_stranger_gets_a_page_that_says_nothing_and_leads_back(walk: Walker, case: str) -> None:
    assert await walk.status("deqin.director") == 404
    page = await walk.page("deqin.director")
    await expect(page.get_by_role("alert")).to_have_text("没有这一页，或者您在当前岗位不能查看。")
    await walk.follow(page.get_by_role("link", name="回到工作台"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")
