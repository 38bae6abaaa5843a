"""The second factor in a real browser: enrolled from the page, asked for at sign-in, replaced by a recovery code."""

import re

from playwright.async_api import Page, expect

from tenants import one_time
from tests.browser.walker import PHONE, Walker
from tests.world import PASSWORD

LOGIN = "xgll.aux"


async def password(walk: Walker, page: Page, login: str) -> None:
    await page.goto("/sign-in")
    await walk.fill(page, {"login": login, "password": PASSWORD})
    await walk.press(page, "登录")


async def change(walk: Walker, page: Page, wish: str, code: str = "") -> None:
    await page.goto("/second-factor")
    await walk.fill(page, {"wish": wish, "present_password": PASSWORD, "code": code})
    await walk.press(page, "确定")


async def test_somebody_enrols_by_choice_signs_in_with_it_and_leaves_it_again(walk: Walker) -> None:
    page = await walk.nobody()
    await password(walk, page, LOGIN)
    await change(walk, page, "登记或更换验证器")
    await expect(page.locator("svg.qr")).to_be_visible()
    box = await page.locator("svg.qr").bounding_box()
    assert box is not None and box["width"] > 180 and abs(box["width"] - box["height"]) < 1
    await walk.shot(page, "sign-in-second-factor")
    await page.locator("summary").click()
    secret = (await page.locator("code.secret").inner_text()).replace(" ", "")
    await walk.fill(page, {"code": "000000"})
    await walk.press(page, "登记")
    await expect(page.locator(".error-summary")).to_contain_text("验证码不对")
    await walk.shot(page, "sign-in-enrolment-wrong-code")
    await walk.fill(page, {"code": one_time.code_of(secret, one_time.step_of(walk.world.clock.now()))})
    await walk.press(page, "登记")
    codes = await page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10 and all(re.fullmatch(r"[a-z2-9]{5}-[a-z2-9]{5}", code) for code in codes)
    await walk.shot(page, "sign-in-recovery-codes")
    await walk.follow(page.get_by_role("link", name="已经存好，继续"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")
    await _again_with_a_recovery_code(walk, codes)
    await change(walk, page, "取消两步验证", codes[1])
    await expect(page.locator("main")).to_contain_text("尚未登记")
    await page.context.close()


async def _again_with_a_recovery_code(walk: Walker, codes: list[str]) -> None:
    page = await walk.nobody(PHONE)
    await password(walk, page, LOGIN)
    await expect(page.locator("h1")).to_have_text("两步验证")
    await walk.shot(page, "sign-in-code-on-a-phone")
    await walk.fill(page, {"code": "000000"})
    await walk.press(page, "登录")
    await expect(page.get_by_role("alert")).to_contain_text("验证码不对或已用过")
    await walk.shot(page, "sign-in-wrong-code")
    await walk.fill(page, {"code": codes[0]})
    await walk.press(page, "登录")
    await expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")
    await page.goto("/second-factor")
    await expect(page.locator("main")).to_contain_text("还剩 9 个恢复码")
    await walk.shot(page, "second-factor-on-a-phone")
    await page.context.close()


async def test_the_audit_administrator_reads_and_proves_the_log(walk: Walker) -> None:
    page = await walk.open("diqing.audit", "/audit")
    await expect(page.locator("tbody tr").first).to_be_visible()
    await walk.shot(page, "audit-log")
    await walk.follow(page.get_by_role("link", name="核验审计链"))
    await expect(page.get_by_role("status")).to_contain_text("完整")
    await walk.shot(page, "audit-proof")


async def test_the_security_administrator_resets_a_lost_factor(walk: Walker) -> None:
    page = await walk.nobody()
    await password(walk, page, LOGIN)
    await change(walk, page, "登记或更换验证器")
    await page.locator("summary").click()
    secret = (await page.locator("code.secret").inner_text()).replace(" ", "")
    await walk.fill(page, {"code": one_time.code_of(secret, one_time.step_of(walk.world.clock.now()))})
    await walk.press(page, "登记")
    security = await walk.open("yunnan.security", "/second-factor-resets")
    for words in (f"已重置：{LOGIN}", "没有登记两步验证"):
        await walk.fill(security, {"login": LOGIN})
        await walk.press(security, "重置")
        await expect(security.locator("main .alert")).to_contain_text(words)
    await walk.shot(security, "second-factor-reset")
    await page.goto("/desk")
    assert "/sign-in" in page.url
    await page.context.close()
