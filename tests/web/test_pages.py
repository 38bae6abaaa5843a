"""The pages of the work, each for the person whose work it is."""

import re

import pytest

from tests.people import registration
from tests.web.conftest import Browser
from tests.world import World

PAGES = {
    "/desk": ("我的工作台", "My desk"),
    "/cases": ("案件", "Cases"),
    "/cases/new": ("接谈登记", "Register an interview"),
    "/tree": ("组织", "Organisation"),
    "/posts": ("选择岗位", "Choose a post"),
    "/password": ("修改密码", "Change password"),
}


@pytest.mark.parametrize("address", PAGES)
async def test_each_page_of_a_window_clerk_has_its_title_in_both_languages(browser: Browser, address: str) -> None:
    await browser.sign_in("jiantang.clerk")
    chinese, english = PAGES[address]
    page = await browser.get(address)
    assert page.status_code == 200 and f"<title>{chinese} · 调解</title>" in page.text
    browser.speak("en")
    page = await browser.get(address)
    assert f"<title>{english} · Mediation</title>" in page.text and '<html lang="en">' in page.text


@pytest.mark.parametrize("address", PAGES)
async def test_no_page_holds_an_inline_script_style_or_handler(browser: Browser, address: str) -> None:
    await browser.sign_in("jiantang.clerk")
    text = (await browser.get(address)).text
    assert "<style" not in text and not re.search(r"\s(style|on[a-z]+)=", text)
    assert text.count("<script") == text.count("<script src=")


async def test_a_case_page_shows_the_eight_steps_the_parties_and_the_acts_of_its_reader(
    browser: Browser, world: World
) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world))
    await browser.sign_in("jiantang.clerk")
    page = (await browser.get(f"/cases/{registered.case.id}")).text
    assert registered.case.registration_no in page
    assert page.count('<li class="') >= 8 and 'aria-current="step"' in page


async def test_a_stranger_gets_404_and_learns_nothing(browser: Browser, world: World) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world))
    await browser.sign_in("deqin.director")
    page = await browser.get(f"/cases/{registered.case.id}")
    assert page.status_code == 404 and registered.case.registration_no not in page.text
