"""What holds for every page: language, headers, forged forms, strangers."""

import pytest

from foundation import cookies
from server.headers import POLICY
from tests.cases.build import registered
from tests.web.conftest import Browser
from tests.world import World


async def test_every_answer_carries_the_strict_policy(browser: Browser) -> None:
    assert "unsafe" not in POLICY
    for address in ("/sign-in", "/nowhere", "/static/app.css", "/desk", "/health"):
        answer = await browser.get(address)
        assert answer.headers["content-security-policy"] == POLICY, address
        assert answer.headers["x-content-type-options"] == "nosniff", address


async def test_a_form_without_its_token_is_refused(browser: Browser) -> None:
    answer = await browser.client.post("/sign-in", data={"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.text


async def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(browser: Browser) -> None:
    answer = await browser.get("/desk")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fdesk"


async def test_a_page_that_does_not_exist_is_a_page_not_an_error(browser: Browser) -> None:
    answer = await browser.get("/nowhere")
    assert answer.status_code == 404 and "没有找到" in answer.text


async def test_a_signed_in_person_without_scripts_gets_a_problem_as_a_page_and_htmx_gets_a_toast(
    browser: Browser,
) -> None:
    assert "<html" in (await browser.get("/nowhere")).text
    toast = await browser.get("/nowhere", **{"HX-Request": "true"})
    assert "<html" not in toast.text and toast.headers["hx-retarget"] == "#toasts"


async def test_the_language_switch_leads_back_but_never_to_another_site(browser: Browser) -> None:
    for given, expected in (("/sign-in", "/sign-in"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        answer = await browser.send("/language", {"language": "en", "next": given})
        assert answer.headers["location"] == expected
        assert cookies.LANGUAGE in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("path", "read_at"),
    [("/status/acts/file-complaint", "/status"), ("/status", "/status"), ("/bulk/choose", "/bulk")],
)
async def test_the_language_is_switched_on_a_page_that_answers_a_form_too(
    browser: Browser, world: World, path: str, read_at: str
) -> None:
    await browser.sign_in("jiantang.head")
    walk = await registered(world, persons=1)
    number = (await world.case(walk.case_id)).registration_no
    key: dict[str, str | list[str]] = {"registration_no": number, "code": walk.receipts[0].code, "begin": "1"}
    answer = await browser.send(path, key)
    assert f'name="next" value="{read_at}"' in answer.text, answer.text
    assert (await browser.get(read_at)).status_code in {200, 303}


async def test_a_page_that_two_rights_open_is_offered_once(browser: Browser) -> None:
    await browser.sign_in("xgll.lgo")
    header = (await browser.get("/desk")).text.split("</header>")[0]
    offered = [part.split(chr(34))[0] for part in header.split('href="')[1:]]
    assert offered.count("/responsibilities") == 1
