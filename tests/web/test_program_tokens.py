"""The pages of programs' tokens: made with a form, shown once, ended with a button."""

import re
from datetime import timedelta

from foundation.clock import local_date
from tests.web.conftest import Browser
from tests.world import World

SHOWN = re.compile(r'<code class="hash" id="new-token">(tj_[\w-]+)</code>')
REVOKE = re.compile(r'action="(/tokens/(?:below/)?[0-9a-f-]{36}/revoke)"')


async def make(browser: Browser, world: World, name: str) -> str:
    """The token as the page shows it."""
    last = local_date(world.clock.now()) + timedelta(days=7)
    answer = await browser.send("/tokens", {"name": name, "scopes": ["read", "files"], "ends_on": last.isoformat()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token: str = SHOWN.findall(answer.text)[0]
    return token


async def test_a_new_token_is_shown_once_and_works_in_the_api(browser: Browser, world: World) -> None:
    await browser.sign_in("xgll.reviewer")
    token = await make(browser, world, "对账程序")
    later = (await browser.get("/tokens")).text
    assert "对账程序" in later and token not in later
    browser.client.cookies.clear()
    answer = await browser.get("/api/v1/me", authorization=f"Bearer {token}")
    assert answer.json()["scopes"] == ["files", "read"]


async def test_the_button_ends_it(browser: Browser, world: World) -> None:
    await browser.sign_in("xgll.cashier")
    token = await make(browser, world, "一次性")
    (address,) = REVOKE.findall((await browser.get("/tokens")).text)
    assert (await browser.send(address, {})).headers["location"] == "/tokens"
    page = (await browser.get("/tokens")).text
    assert "已撤销" in page and not REVOKE.findall(page)
    browser.client.cookies.clear()
    assert (await browser.get("/api/v1/me", authorization=f"Bearer {token}")).status_code == 401


async def test_a_refused_form_keeps_what_was_typed(browser: Browser) -> None:
    await browser.sign_in("xgll.cashier")
    answer = await browser.send("/tokens", {"name": "备用", "scopes": ["act"], "ends_on": "2020-01-01"})
    assert answer.status_code == 422
    assert 'value="备用"' in answer.text and 'id="f-ends_on-error"' in answer.text


async def test_the_administrator_sees_whose_tokens_there_are_and_ends_one(browser: Browser, world: World) -> None:
    await browser.sign_in("xgll.payer")
    await make(browser, world, "待撤销")
    own = REVOKE.findall((await browser.get("/tokens")).text)[0]
    browser.client.cookies.clear()
    await browser.sign_in("xgll.admin")
    page = (await browser.get("/tokens/below")).text
    address = own.replace("/tokens/", "/tokens/below/")
    assert "待撤销" in page and address in page
    assert (await browser.send(address, {})).headers["location"] == "/tokens/below"
    assert address not in (await browser.get("/tokens/below")).text


async def test_others_are_not_let_in(browser: Browser) -> None:
    await browser.sign_in("xgll.director")
    assert (await browser.get("/tokens/below")).status_code == 403
    assert "/tokens/below" not in (await browser.get("/tokens")).text
