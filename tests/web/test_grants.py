"""The security administrator's pages: what waits, one grant, the word on it."""

import re

from tests.organisation.granting import REASON, give, stored
from tests.organisation.test_grants import PREFECTURE
from tests.web.conftest import Browser
from tests.world import World


async def test_a_grant_is_read_and_confirmed(browser: Browser, world: World) -> None:
    post = await give(world, "xgll.admin", "auditor", "xgll.auditor")
    await browser.sign_in(PREFECTURE)
    found = (await browser.get("/grants")).text
    assert f'href="/grants/{post.id}"' in found
    one = (await browser.get(f"/grants/{post.id}")).text
    giver = (await world.subject("xgll.admin")).name
    assert all(word in one for word in ("杨永福", "审计人员", "香格里拉市", giver, "可查阅账目"))
    answer = await browser.send(f"/grants/{post.id}/confirm", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/grants")
    assert str(post.id) not in (await browser.get("/grants")).text
    assert (await stored(world, post)).since == world.clock.now()
    for address in (f"/grants/{post.id}/confirm", f"/grants/{post.id}/refuse"):
        again = await browser.send(address, {"reason": REASON})
        assert again.status_code == 409 and "不在待确认之列" in again.text


async def test_a_refusal_asks_for_its_reason_at_the_field(browser: Browser, world: World) -> None:
    post = await give(world, "xgll.admin", "auditor", "xgll.auditor")
    await browser.sign_in(PREFECTURE)
    answer = await browser.send(f"/grants/{post.id}/refuse", {"reason": " "})
    assert answer.status_code == 422 and 'id="f-reason-error"' in answer.text
    assert (await stored(world, post)).until is None
    answer = await browser.send(f"/grants/{post.id}/refuse", {"reason": REASON})
    assert answer.headers["location"] == "/grants"
    assert (await stored(world, post)).until == world.clock.now()


async def test_a_prefecture_reads_why_it_can_not_confirm_its_security_administrator(
    browser: Browser, world: World
) -> None:
    post = await give(world, "diqing.admin", "secadmin", "diqing.security")
    await browser.sign_in(PREFECTURE)
    for address in ("/grants", f"/grants/{post.id}"):
        page = (await browser.get(address)).text
        assert "安全管理员的岗位由省级安全管理员确认" in page
        assert f"/grants/{post.id}/confirm" not in page


async def test_strangers_find_no_grant_and_who_may_not_confirm_is_refused(browser: Browser, world: World) -> None:
    beside = await give(world, "yunnan.admin", "lgo_director", "gongshan.director")
    addresses = (f"/grants/{beside.id}/confirm", f"/grants/{beside.id}/refuse")
    await browser.sign_in(PREFECTURE)
    assert str(beside.id) not in (await browser.get("/grants")).text
    assert (await browser.get(f"/grants/{beside.id}")).status_code == 404
    for address in addresses:
        assert (await browser.send(address, {"reason": REASON})).status_code == 404
    for login in ("xgll.admin", "xgll.director"):
        browser.client.cookies.clear()
        await browser.sign_in(login)
        assert "/grants" not in re.findall(r'href="([^"]+)"', (await browser.get("/desk")).text)
        for address in ("/grants", f"/grants/{beside.id}"):
            assert (await browser.get(address)).status_code == 403
        for address in addresses:
            assert (await browser.send(address, {"reason": REASON})).status_code == 403
    assert (await stored(world, beside)).since is None


async def test_the_page_speaks_english(browser: Browser, world: World) -> None:
    await give(world, "xgll.admin", "auditor", "xgll.auditor")
    browser.speak("en")
    await browser.sign_in(PREFECTURE)
    page = (await browser.get("/grants")).text
    assert "Grants of posts" in page and "reads accounts, records or logs" in page and "为何须两人" not in page
