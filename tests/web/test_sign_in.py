"""Signing in by the page, choosing the post, and leaving."""

from sqlalchemy import select

from foundation import cookies
from foundation.audit import AuditRow
from tests.people import registration
from tests.web.conftest import Browser
from tests.world import PASSWORD, World


async def test_the_session_cookie_is_closed_to_scripts_and_other_sites(browser: Browser) -> None:
    answer = await browser.send("/sign-in", {"login": "jiantang.clerk", "password": PASSWORD})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(cookies.SESSION))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(browser: Browser) -> None:
    for login in ("jiantang.clerk", "nobody.at.all"):
        answer = await browser.send("/sign-in", {"login": login, "password": "wrong-wrong-wrong"})
        assert answer.status_code == 401 and "登录名或密码不对" in answer.text
        assert f'value="{login}"' in answer.text and "wrong-wrong-wrong" not in answer.text


async def test_who_has_several_posts_chooses_one_and_can_change(browser: Browser) -> None:
    answer = await browser.send("/sign-in", {"login": "xgll.deputy", "password": PASSWORD})
    assert answer.headers["location"] == "/posts"
    assert (await browser.get("/desk")).headers["location"].startswith("/posts")
    page = (await browser.get("/posts")).text
    posts = [part.split('"')[0] for part in page.split('name="post" value="')[1:]]
    assert len(posts) == 2
    for post in posts:
        assert (await browser.send("/posts", {"post": post})).headers["location"] == "/desk"
        assert (await browser.get("/desk")).status_code == 200
    assert (await browser.send("/posts", {"post": "not-a-post"})).status_code == 403


async def test_after_signing_out_the_old_cookie_opens_nothing(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    kept = browser.client.cookies[cookies.SESSION]
    assert (await browser.send("/sign-out", {})).headers["location"] == "/sign-in"
    browser.client.cookies.set(cookies.SESSION, kept)
    assert (await browser.get("/desk")).headers["location"].startswith("/sign-in")


async def test_a_wrong_present_password_stands_at_its_field(browser: Browser) -> None:
    await browser.sign_in("jiantang.clerk")
    answer = await browser.send("/password", {"present_password": "no", "new_password": "Quite-another-1"})
    assert answer.status_code == 422 and 'id="f-present_password-error"' in answer.text
    assert "Quite-another-1" not in answer.text


async def test_an_invitation_that_does_not_exist_is_not_found(browser: Browser) -> None:
    assert (await browser.get("/invitations/no-such-token")).status_code == 404


async def test_every_page_that_the_navigation_offers_opens(browser: Browser) -> None:
    for login in (
        "jiantang.clerk",
        "jiantang.head",
        "xgll.director",
        "xgll.cashier",
        "yunnan.supervisor",
        "yunnan.stats",
    ):
        await browser.sign_in(login)
        page = (await browser.get("/desk")).text
        navigation = page.split("<nav", 1)[1].split("</nav>")[0]
        addresses = [part.split('"')[0] for part in navigation.split('href="')[1:]]
        assert "/desk" in addresses
        for address in addresses:
            assert (await browser.get(address)).status_code == 200, (login, address)
        await browser.send("/sign-out", {})


async def test_a_refused_page_is_on_record_in_the_chain_of_the_asker(browser: Browser, world: World) -> None:
    case_id = (await world.register("jiantang.clerk", **await registration(world))).case.id
    await browser.sign_in("weixi.director")
    world.clock.advance(minutes=2)
    assert (await browser.get(f"/cases/{case_id}")).status_code == 404
    asker = await world.subject("weixi.director")
    async with world.owner() as session:
        query = select(AuditRow).where(AuditRow.tenant_id == asker.tenant_id, AuditRow.outcome == "refused")
        row = (await session.scalars(query.order_by(AuditRow.seq.desc()).limit(1))).one()
    assert (row.actor, row.object_id) == (str(asker.person_id), f"/cases/{case_id}")
    assert row.detail["code"] == "not_found"
