"""The pages of the work, each for the person whose work it is."""

import re

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
    "/tokens": ("程序令牌", "Tokens of programs"),
}


async def test_each_page_of_a_window_clerk_has_its_title_in_both_languages(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    for address, (chinese, _) in PAGES.items():
        page = await browser.get(address)
        assert page.status_code == 200 and f"<title>{chinese} · 调解</title>" in page.text
    browser.speak("en")
    for address, (_, english) in PAGES.items():
        page = await browser.get(address)
        assert f"<title>{english} · Mediation</title>" in page.text and '<html lang="en">' in page.text


async def test_no_page_holds_an_inline_script_style_or_handler(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    for address in PAGES:
        text = (await browser.get(address)).text
        assert "<style" not in text and not re.search(r"\s(style|on[a-z]+)=", text), address
        assert text.count("<script") == text.count("<script src="), address


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


async def test_the_overview_drills_down_and_stays_below_the_readers_own_tenant(browser: Browser) -> None:
    await browser.sign_in("yunnan.stats")
    page = (await browser.get("/overview")).text
    assert "昆明市" in page and "不排名次" in page
    below = re.search(r'href="(/overview/\d+)">迪庆', page)
    assert below is not None
    assert "香格里拉市" in (await browser.get(below[1])).text


async def test_the_petitioner_sees_progress_own_papers_and_who_looked_by_number_and_code(
    browser: Browser, world: World
) -> None:
    registered = await world.register("jiantang.clerk", **await registration(world, persons=2, representatives=1))
    form = {"registration_no": registered.case.registration_no, "code": registered.receipts[0].code}
    page = await browser.send("/status", {**form})
    assert page.status_code in (200, 201), page.text
    assert "当事人权利义务告知书" in page.text and "没有人查看过" in page.text and "鲁茸" not in page.text
    wrong = await browser.send("/status", {**form, "code": "WRONGWRONG"})
    assert wrong.status_code == 404 and "号码或查询码不对" in wrong.text and "WRONGWRONG" not in wrong.text


async def test_a_reader_of_totals_finds_no_list_of_cases(browser: Browser) -> None:
    await browser.sign_in("yunnan.admin")
    assert (await browser.get("/cases")).status_code == 403
    desk = (await browser.get("/desk")).text
    assert "这个岗位不办理案件" in desk and 'href="/cases"' not in desk
