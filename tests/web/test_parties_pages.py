"""Parties on the pages and through the API: what is masked, what is shown once, what is refused at which field."""

from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient

from tests.cases.build import Walk, assessed, registered
from tests.door import Door
from tests.identity import numbered
from tests.web.conftest import Browser

API = "/api/v1"
DIRECTOR, CLERK = "xgll.director", "jiantang.clerk"


async def act(client: AsyncClient, case_id: UUID, name: str, /, **form: object) -> tuple[int, dict[str, object]]:
    seen = await client.get(f"{API}/cases/{case_id}")
    headers = {"If-Match": seen.headers["etag"]}
    done = await client.post(f"{API}/cases/{case_id}/acts/{name}", json=form, headers=headers)
    return done.status_code, done.json()


@pytest.mark.obligation("N10")
async def test_a_new_petitioners_code_is_shown_once_and_never_again(door: Door, browser: Browser) -> None:
    walk = await registered(door.world, persons=1)
    await browser.sign_in(CLERK)
    address = f"/cases/{walk.case_id}/acts/add-party"
    typed: dict[str, str | list[str]] = {
        "side": "petitioner",
        "kind": "person",
        "name": "新来者",
        "privacy_notice": "true",
        "version": "1",
    }
    page = await browser.send(address, typed)
    assert page.status_code == 200 and "查询码" in page.text
    code = page.text.split("<strong>")[1].split("</strong>")[0]
    assert len(code) == 10
    assert code not in (await browser.get(f"/cases/{walk.case_id}")).text
    case = await door.world.case(walk.case_id)
    async with door.client(address="10.9.2.1") as client:
        key = {"registration_no": case.registration_no, "code": code}
        assert (await client.post(f"{API}/petitioner/status", json=key)).json()["own"]["party"]["name"] == "新来者"


async def test_through_the_api_the_code_is_in_the_answer_of_the_act(door: Door) -> None:
    walk = await registered(door.world, persons=1)
    async with await door.program(CLERK) as client:
        form = {"side": "petitioner", "name": "新来者", "privacy_notice": True}
        status, done = await act(client, walk.case_id, "add-party", **form)
        assert status == 200
        shown = done["shown_once"]
        assert isinstance(shown, dict) and len(shown["code"]) == 10
        status, other = await act(client, walk.case_id, "write-note", text="备注")
        assert (status, other["shown_once"]) == (200, {})


@pytest.mark.obligation("N10")
async def test_a_wrong_check_digit_is_named_at_its_field_and_what_was_typed_stays(browser: Browser) -> None:
    walk = await registered(browser.world, persons=1)
    await browser.sign_in(CLERK)
    typed = {"side": "petitioner", "kind": "person", "name": "新来者", "privacy_notice": "true", "version": "1"}
    wrong = numbered("19850607")[:17] + ("0" if numbered("19850607")[17] != "0" else "1")
    page = await browser.send(f"/cases/{walk.case_id}/acts/add-party", {**typed, "id_number": wrong})
    assert page.status_code == 422
    assert "号码校验不符" in page.text and "新来者" in page.text and wrong in page.text


@pytest.mark.obligation("N4")
async def test_the_case_page_shows_agents_and_answers_and_masks_until_a_reason_is_given(browser: Browser) -> None:
    walk = await case_with_particulars(browser)
    await browser.sign_in(DIRECTOR)
    masked = (await browser.get(f"/cases/{walk.case_id}")).text
    for secret in ("和春生", "周代理", "13808870001", "右膝伤残"):
        assert secret not in masked
    assert "有敏感信息，已遮盖" in masked and "特别授权代理" in masked and "涉事单位" in masked
    first = (await walk.petitioners())[0]
    await walk.do(DIRECTOR, "reveal-party", party_id=str(first.id), purpose="contact")
    clear = (await browser.get(f"/cases/{walk.case_id}")).text
    for shown in ("和春生", "周代理", "13808870001", "残疾人证"):
        assert shown in clear
    assert "右膝伤残" not in clear


async def case_with_particulars(browser: Browser) -> Walk:
    walk = await assessed(browser.world, persons=2)
    first = (await walk.petitioners())[0]
    form: dict[str, Any] = {
        "capacity": "special",
        "name": "周代理",
        "bond": "lawyer",
        "written": True,
        "given_on": "2026-03-01",
    }
    await walk.do(DIRECTOR, "record-mandate", party_id=str(first.id), **form, matters="代为签订协议")
    await walk.do(DIRECTOR, "correct-party", party_id=str(first.id), basis="残疾人证", health="右膝伤残")
    await walk.do(DIRECTOR, "record-consent", party_ids=[str(first.id)], kind="disclosure", given=True)
    return walk


@pytest.mark.obligation("N4")
async def test_the_api_cuts_agents_and_corrections_as_it_cuts_the_parties(browser: Browser, door: Door) -> None:
    walk = await case_with_particulars(browser)
    async with await door.program(DIRECTOR) as client:
        mandates = (await client.get(f"{API}/cases/{walk.case_id}/mandates")).json()
        corrections = (await client.get(f"{API}/cases/{walk.case_id}/corrections")).json()
        units = (await client.get(f"{API}/cases/{walk.case_id}/units")).json()
    assert "周代理" not in str(mandates) and "特别授权" not in str(mandates)
    assert "health" not in str(corrections) and "残疾人证" not in str(corrections)
    assert units[0]["part"] == "visited"
    async with await door.program("xgll.justice") as client:
        seen = await client.get(f"{API}/cases/{walk.case_id}/mandates")
        assert seen.status_code == 404 or seen.json() == []
