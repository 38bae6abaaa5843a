"""What holds for every page: language, headers, forged forms, strangers."""

import pytest
from httpx import AsyncClient

from foundation import cookies
from server.headers import POLICY

OPEN_PAGES = {"/sign-in": ("登录", "Sign in"), "/status": ("查询办理进度", "Check progress")}


@pytest.mark.parametrize("address", OPEN_PAGES)
async def test_an_open_page_renders_in_both_languages_with_its_title(browser: AsyncClient, address: str) -> None:
    chinese, english = OPEN_PAGES[address]
    assert f"<title>{chinese} · 调解</title>" in (await browser.get(address)).text
    browser.cookies.set(cookies.LANGUAGE, "en")
    answer = await browser.get(address)
    assert f"<title>{english} · " in answer.text and '<html lang="en">' in answer.text


@pytest.mark.parametrize("address", ["/sign-in", "/nowhere", "/static/app.css", "/desk", "/health"])
async def test_every_answer_carries_the_strict_policy(browser: AsyncClient, address: str) -> None:
    answer = await browser.get(address)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY


async def test_no_page_holds_an_inline_script_style_or_handler(browser: AsyncClient) -> None:
    text = (await browser.get("/sign-in")).text
    assert "<style" not in text and " style=" not in text and " onclick=" not in text
    assert text.count("<script") == text.count("<script src=")


async def test_a_form_without_its_token_is_refused(browser: AsyncClient) -> None:
    answer = await browser.post("/sign-in", data={"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.text


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(browser: AsyncClient) -> None:
    answer = await browser.get("/desk")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fdesk"


async def test_a_page_that_does_not_exist_is_a_page_not_an_error(browser: AsyncClient) -> None:
    answer = await browser.get("/nowhere")
    assert answer.status_code == 404 and "没有找到" in answer.text


async def test_the_language_switch_leads_back_but_never_to_another_site(browser: AsyncClient) -> None:
    token = await csrf(browser)
    for given, expected in (("/sign-in", "/sign-in"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        answer = await browser.post("/language", data={"language": "en", "next": given, "_csrf_token": token})
        assert answer.headers["location"] == expected


async def csrf(browser: AsyncClient) -> str:
    await browser.get("/sign-in")
    return str(browser.cookies[cookies.CSRF])
