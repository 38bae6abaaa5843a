"""The second step on the pages: where a password leads, and what stays shut until the step is taken."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text

from foundation import cookies
from foundation.audit import AuditRow
from organisation.factors import reset_factor
from tenants import one_time
from tests.second_step import code_of
from tests.web.conftest import Browser
from tests.world import PASSWORD, World

ADMIN = "yunnan.admin"
STRONG = ("yunnan.admin", "yunnan.security", "yunnan.audit", "yunnan.supervisor", "yunnan.lgo", "diqing.supervisor")


async def password(browser: Browser, login: str) -> str:
    """Where a right password leads."""
    answer = await browser.send("/sign-in", {"login": login, "password": PASSWORD, "next": "/tree"})
    assert answer.status_code == 303 and cookies.SESSION not in browser.client.cookies
    return str(answer.headers["location"])


@pytest.fixture
async def lost(world: World) -> AsyncIterator[str]:
    """The login of a supervisor whose factor was reset; given back at the end."""
    login = "yunnan.supervisor"
    row = text(
        "select f.account_id, f.secret, f.enrolled_at from second_factors f"
        " join accounts a on a.id = f.account_id where a.login = :login"
    )
    async with world.owner() as session:
        kept = (await session.execute(row, {"login": login})).mappings().one()
    async with world.as_("yunnan.security") as (session, subject):
        await reset_factor(session, subject, login)
    yield login
    async with world.owner() as session:
        for table in ("second_factors", "recovery_codes"):
            await session.execute(text(f"delete from {table} where account_id = :account_id"), dict(kept))
        give_back = text("insert into second_factors values (:account_id, :secret, 0, :enrolled_at)")
        await session.execute(give_back, dict(kept))


@pytest.mark.parametrize("login", STRONG)
async def test_a_password_alone_opens_no_page_of_who_oversees(browser: Browser, login: str) -> None:
    assert await password(browser, login) == "/sign-in/code?next=%2Ftree"
    for address in ("/desk", "/posts", "/password", "/second-factor", "/tree", "/audit"):
        assert (await browser.get(address)).headers["location"].startswith("/sign-in"), address


async def test_the_cookie_between_the_steps_is_closed_to_scripts_and_other_sites(browser: Browser) -> None:
    answer = await browser.send("/sign-in", {"login": ADMIN, "password": PASSWORD})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(cookies.PENDING))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/" in cookie


async def test_a_wrong_code_is_refused_and_a_right_one_leads_on(browser: Browser, world: World) -> None:
    await password(browser, ADMIN)
    refused = await browser.send("/sign-in/code", {"code": "12345", "next": "/tree"})
    assert refused.status_code == 401 and "验证码不对或已用过" in refused.text
    empty = await browser.send("/sign-in/code", {"code": ""})
    assert empty.status_code == 422 and 'id="f-code-error"' in empty.text
    passed = await browser.send("/sign-in/code", {"code": await code_of(world, ADMIN), "next": "/tree"})
    assert passed.headers["location"] == "/tree"
    assert cookies.PENDING not in browser.client.cookies
    assert (await browser.get("/tree")).status_code == 200
    assert (await browser.get("/sign-in/code")).headers["location"].startswith("/sign-in")


async def test_an_old_second_step_begins_again_with_the_password(browser: Browser, world: World) -> None:
    await password(browser, ADMIN)
    world.clock.advance(minutes=5)
    late = await browser.send("/sign-in/code", {"code": await code_of(world, ADMIN)})
    assert late.headers["location"].startswith("/sign-in?")
    for address in ("/sign-in/code", "/sign-in/enrolment"):
        assert (await browser.get(address)).headers["location"].startswith("/sign-in?")


async def test_after_a_reset_the_password_leads_to_enrolment_and_nowhere_else(
    browser: Browser, world: World, lost: str
) -> None:
    assert await password(browser, lost) == "/sign-in/enrolment?next=%2Ftree"
    assert (await browser.get("/desk")).headers["location"].startswith("/sign-in")
    page = (await browser.get("/sign-in/enrolment")).text
    assert '<svg viewBox="0 0 ' in page and "style=" not in page.split("<main", 1)[1]
    secret = page.split('<code class="secret">')[1].split("<")[0].replace(" ", "")
    assert secret in (await browser.get("/sign-in/enrolment")).text.replace(" ", "")
    code = one_time.code_of(secret, one_time.step_of(world.clock.now()))
    shown = await browser.send("/sign-in/enrolment", {"code": code, "next": "/tree"})
    assert shown.status_code == 200 and shown.text.count("<li><code>") == 10
    assert shown.headers["cache-control"] == "no-store"
    assert 'href="/tree"' in shown.text
    assert (await browser.get("/tree")).status_code == 200
    assert (await browser.get("/second-factor")).text.count("还剩 10 个恢复码") == 1


@pytest.fixture
async def promoted(browser: Browser, world: World) -> AsyncIterator[str]:
    """The id of a post that became a supervisor's while its person was signed in by password alone."""
    await browser.sign_in("xgll.deputy")
    post = (await world.subject("xgll.deputy", "stats_reader")).post_id
    change = text("update posts set role = :role where id = :post")
    async with world.owner() as session:
        await session.execute(change, {"role": "supervisor_p", "post": post})
    yield str(post)
    async with world.owner() as session:
        await session.execute(change, {"role": "stats_reader", "post": post})


async def test_a_post_that_asks_for_a_factor_leads_to_enrolling_one(browser: Browser, promoted: str) -> None:
    assert promoted in (await browser.get("/posts")).text
    assert (await browser.send("/posts", {"post": promoted})).headers["location"] == "/second-factor"
    page = (await browser.get("/second-factor")).text
    assert "您的岗位须使用两步验证" in page and "尚未登记" in page


async def test_the_page_says_why_a_required_factor_stays(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMIN)
    form: dict[str, str | list[str]] = {
        "wish": "remove",
        "present_password": PASSWORD,
        "code": await code_of(world, ADMIN),
    }
    kept = await browser.send("/second-factor", form)
    assert kept.status_code == 409 and "只能更换，不能取消" in kept.text
    wrong = await browser.send("/second-factor", {**form, "present_password": "no"})
    assert wrong.status_code == 422 and 'id="f-present_password-error"' in wrong.text
    assert PASSWORD not in wrong.text


async def test_only_the_security_administrator_has_the_page_of_resets(browser: Browser, world: World) -> None:
    await browser.sign_in(ADMIN)
    assert (await browser.get("/second-factor-resets")).status_code == 403
    await browser.send("/sign-out", {})
    await browser.sign_in("yunnan.security")
    assert "/second-factor-resets" in (await browser.get("/desk")).text
    assert (await browser.send("/second-factor-resets", {"login": "nobody.at.all"})).status_code == 404
    own = await browser.send("/second-factor-resets", {"login": "yunnan.security"})
    assert own.status_code == 403 and "不能给自己重置" in own.text
    subject = await world.subject("yunnan.security")
    async with world.owner() as session:
        refused = select(AuditRow.object_id).where(AuditRow.actor == subject.actor, AuditRow.outcome == "refused")
        assert "/second-factor-resets" in (await session.scalars(refused)).all()
