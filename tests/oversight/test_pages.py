"""The pages and lists of supervision: who has them, what stands on them, and that others get nothing."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from oversight.complaints import complaints_to
from tests.cases.build import Walk, accepted, registered
from tests.door import Door
from tests.handover.test_naming import disputed
from tests.oversight.reach import referred
from tests.oversight.test_complaints import WORDS, complained
from tests.world import World

LISTS = {
    "/disputes": ("diqing.lgo", "diqing.supervisor"),
    "/inspections": ("xgll.guide", "xgll.daily"),
    "/complaints": ("diqing.complaints", "diqing.supervisor"),
    "/referred": ("xgll.referrer", "jiantang.head"),
}
PARTS = {
    "/api/v1/handover/disputes": ("diqing.lgo", None),
    "/api/v1/inspection-draws": ("xgll.guide", "xgll.daily"),
    "/api/v1/complaints": ("diqing.complaints", "diqing.supervisor"),
    "/api/v1/referrals": ("xgll.referrer", "jiantang.head"),
}


@pytest.mark.parametrize("address", LISTS)
async def test_each_list_is_its_role_s_own(door: Door, address: str) -> None:
    may, may_not = LISTS[address]
    async with await door.browser(may) as browser:
        page = await browser.get(address)
        assert page.status_code == 200
        assert f'href="{address}"' in page.text
    async with await door.browser(may_not) as browser:
        assert (await browser.get(address)).status_code == 403


@pytest.mark.parametrize("address", PARTS)
async def test_each_list_of_the_api_too(door: Door, address: str) -> None:
    may, may_not = PARTS[address]
    async with await door.program(may) as program:
        assert (await program.get(address)).status_code == 200
    if may_not is not None:
        async with await door.program(may_not) as program:
            assert (await program.get(address)).status_code == 403


async def test_a_dispute_is_read_and_decided_by_page(door: Door, world: World) -> None:
    walk = await disputed(world)
    async with await door.browser("diqing.lgo") as browser:
        assert str(walk.case_id) in (await browser.get("/disputes")).text
        page = (await browser.get(f"/disputes/{walk.case_id}")).text
        for text in ("香格里拉市工作室情况说明", "德钦县工作室函"):
            assert text in page
        for text in ("和春生", "爆破施工造成墙体开裂"):
            assert text not in page
        form = {"office_id": str(await world.office("deqin.director")), "reason": "纠纷发生在德钦县境内"}
        done = await posted(browser, f"/cases/{walk.case_id}/acts/name-holder", form)
    assert (done.status_code, done.headers["location"]) == (303, "/desk?done=name-holder")
    assert (await world.case(walk.case_id)).holder_office_id == await world.office("deqin.director")


async def test_a_dispute_is_decided_by_the_api_with_the_version_seen(door: Door, world: World) -> None:
    walk = await disputed(world)
    form = {"office_id": await world.office("deqin.director"), "reason": "纠纷发生在德钦县境内"}
    address = f"/api/v1/cases/{walk.case_id}/acts/name-holder"
    async with await door.program("diqing.lgo") as program:
        preview = await program.get(f"/api/v1/cases/{walk.case_id}/dispute")
        assert (await program.post(address, json=form)).status_code == 428
        assert (await program.post(address, json=form, headers={"If-Match": '"1"'})).status_code == 412
        done = await program.post(address, json=form, headers={"If-Match": preview.headers["etag"]})
    assert (done.status_code, done.json()["case"]) == (200, None)


@pytest.mark.parametrize(("login", "status"), [("deqin.intake", 404), ("diqing.supervisor", 403), ("yunnan.lgo", 404)])
async def test_a_dispute_is_no_one_else_s(door: Door, world: World, login: str, status: int) -> None:
    walk = await disputed(world)
    async with await door.program(login) as program, await door.browser(login) as browser:
        assert (await program.get(f"/api/v1/cases/{walk.case_id}/dispute")).status_code == status
        assert (await browser.get(f"/disputes/{walk.case_id}")).status_code == status


async def test_the_holder_reads_both_stands_as_long_as_it_waits_and_on_the_case_page_for_good(
    door: Door, world: World
) -> None:
    walk = await disputed(world)
    stands = ("香格里拉市工作室情况说明", "德钦县工作室函〔2026〕9号")
    await walk.do("deqin.director", "state-claim", stance="theirs", reason="place", proof=stands[1])
    async with await door.program("xgll.director") as program, await door.browser("xgll.director") as browser:
        assert str(walk.case_id) in (await browser.get("/disputes")).text
        dispute = await program.get(f"/api/v1/cases/{walk.case_id}/dispute")
        assert [text in dispute.text for text in stands] == [True, True]
        reason = {"reason": "纠纷发生在香格里拉市境内"}
        await walk.do("diqing.lgo", "name-holder", office_id=await world.office("xgll.director"), **reason)
        assert (await program.get(f"/api/v1/cases/{walk.case_id}/dispute")).status_code == 404
        page = (await browser.get(f"/cases/{walk.case_id}")).text
    assert [text in page for text in stands] == [True, True]


async def test_a_complaint_is_read_by_its_office_and_not_in_a_neighbour_s_list(door: Door, world: World) -> None:
    walk = await accepted(world, persons=2)
    await complained(walk)
    async with await door.browser("diqing.complaints") as browser:
        assert WORDS in (await browser.get("/complaints")).text
    for login in ("xgll.complaints", "yunnan.complaints"):
        async with await door.browser(login) as browser, await door.program(login) as program:
            assert str(walk.case_id) not in (await browser.get("/complaints")).text
            assert str(walk.case_id) not in (await program.get("/api/v1/complaints")).text


async def test_a_referral_is_in_the_list_of_the_office_that_sent_it(door: Door, world: World) -> None:
    case = (await referred(world)).case
    async with await door.browser("xgll.referrer") as browser, await door.program("xgll.referrer") as program:
        assert case.registration_no in (await browser.get("/referred")).text
        assert case.registration_no in (await program.get("/api/v1/referrals")).text


async def test_a_petitioner_complains_and_reads_the_answer_on_the_own_page(door: Door, world: World) -> None:
    walk = await registered(world, persons=2)
    key = {"registration_no": (await world.case(walk.case_id)).registration_no, "code": walk.receipts[0].code}
    async with door.client() as browser:
        assert "/status/acts/file-complaint" in (await posted(browser, "/status", key)).text
        form = await posted(browser, "/status/acts/file-complaint", key | {"begin": "1"})
        assert "投诉内容" in form.text
        wrong = await posted(browser, "/status/acts/file-complaint", key | {"kind": "delay"})
        assert wrong.status_code == 422
        complaint = {"kind": "delay", "about": "process", "text": "一直没有开会"}
        assert (await posted(browser, "/status/acts/file-complaint", key | complaint)).status_code == 200
        assert "上一级正在核查" in (await posted(browser, "/status", key)).text
    await answer(walk)
    async with door.client() as browser:
        assert "已责令按期开会" in (await posted(browser, "/status", key)).text


async def test_by_the_api_too_and_nothing_else_that_is_not_the_petitioner_s(door: Door, world: World) -> None:
    walk = await registered(world, persons=2)
    key = {"registration_no": (await world.case(walk.case_id)).registration_no, "code": walk.receipts[0].code}
    complaint: dict[str, Any] = {"kind": "delay", "about": "process", "text": "一直没有开会"}
    async with door.client() as program:
        status = (await program.post("/api/v1/petitioner/status", json=key)).json()
        assert "file-complaint" in {act["name"] for act in status["acts"]}
        assert await tried(program, "file-complaint", key | {"code": "WRONGCODE2"}, complaint) == 404
        for act in ("issue-order", "write-note", "record-complaint", "sign-agreement", "no-such-act"):
            assert await tried(program, act, key, complaint) == 404, act
        assert await tried(program, "file-complaint", key, {"kind": "delay"}) == 422
        assert await tried(program, "file-complaint", key, complaint) == 200
    await answer(walk)
    async with door.client() as program:
        (shown,) = (await program.post("/api/v1/petitioner/status", json=key)).json()["complaints"]
    assert (shown["finding"], shown["answer"]) == ("upheld", "已责令按期开会")


async def tried(program: AsyncClient, act: str, key: dict[str, str], form: dict[str, Any]) -> int:
    return (await program.post(f"/api/v1/petitioner/acts/{act}", json={**key, "form": form})).status_code


async def answer(walk: Walk) -> None:
    """By the county's officer: the township holds the case."""
    async with walk.world.as_("xgll.complaints") as (session, subject):
        complaint = (await complaints_to(session, subject, walk.case_id))[0].id
    await walk.do("xgll.complaints", "answer-complaint", complaint_id=str(complaint), finding="upheld",
                  answer="已责令按期开会")  # fmt: skip


async def test_the_window_finds_the_form_by_number(door: Door, world: World) -> None:
    walk = await accepted(world, persons=2)
    number = (await world.case(walk.case_id)).registration_no
    async with await door.browser("xgll.intake") as browser:
        found = await browser.get("/complaints", params={"number": number})
        assert found.headers["location"] == f"/cases/{walk.case_id}/acts/record-complaint"
        assert (await browser.get(found.headers["location"])).status_code == 200
    async with await door.browser("deqin.intake") as browser:
        assert (await browser.get("/complaints", params={"number": number})).status_code == 404


async def posted(browser: AsyncClient, address: str, form: dict[str, str]) -> Any:
    """With the token of a page, and the version the form was made from."""
    page = await browser.get("/status" if address.startswith("/status") else address)
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return await browser.post(address, data=hidden | form)
