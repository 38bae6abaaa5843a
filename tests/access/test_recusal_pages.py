"""The pages: a petitioner asks on the own page and reads the answer there; a receiver sees that it can't send back."""

from typing import Any

import pytest
from litestar import Litestar

from tests.access.recusals import decide, declare, recusals
from tests.cases.build import Walk
from tests.teams.build import confirmed
from tests.web.conftest import Browser, app, browser
from tests.world import World

__all__ = ["app", "browser"]
ORGAN: dict[str, Any] = {
    "role": "visited",
    "name": "某某人民政府",
    "kind": "department",
    "found_by": "接谈登记",
    "own_organ": True,
}


async def key_of(walk: Walk, ordinal: int = 1) -> dict[str, str | list[str]]:
    receipt = next(one for one in walk.receipts if one.ordinal == ordinal)
    return {"registration_no": (await walk.world.case(walk.case_id)).registration_no, "code": receipt.code}


async def request_form(world: World, login: str) -> dict[str, str | list[str]]:
    about = str((await world.subject(login)).person_id)
    return {"person_id": about, "ground": "kinship", "fact": "承办人是对方负责人的妹夫"}


async def test_a_petitioner_asks_on_the_own_page_and_reads_the_reason_there(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    key = await key_of(walk)
    form = await browser.send("/status/acts/ask-recusal", {**key, "begin": "1"})
    assert "承办人" in form.text
    done = await browser.send("/status/acts/ask-recusal", key | await request_form(world, "xgll.handler"))
    assert done.status_code == 200
    assert [one.state for one in await recusals(walk)] == ["open"]
    own = (await browser.send("/status", key)).text
    assert "您的回避申请" in own
    assert "决定前此人暂停参与本案" in own
    await decide(walk, "xgll.director", "refused")
    own = (await browser.send("/status", key)).text
    assert "已核对亲属关系证明" in own
    assert "回避申请决定书" in own


async def test_another_petitioner_of_the_case_reads_nothing_of_it(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    await browser.send("/status/acts/ask-recusal", await key_of(walk) | await request_form(world, "xgll.handler"))
    await decide(walk, "xgll.director", "refused")
    own = (await browser.send("/status", await key_of(walk, ordinal=2))).text
    assert "办理进度" in own
    for word in ("您的回避申请", "妹夫", "已核对亲属关系证明", "回避申请决定书"):
        assert word not in own


async def test_an_empty_or_forged_request_shows_the_errors_and_leaves_nothing(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    key = await key_of(walk)
    empty = await browser.send("/status/acts/ask-recusal", {**key, "ground": "", "fact": "", "person_id": ""})
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.text
    forged = await browser.send("/status/acts/ask-recusal", key | await request_form(world, "deqin.director"))
    assert forged.status_code == 422
    wrong = await browser.send("/status/acts/ask-recusal", {**key, "code": "WRONGCODE1", "begin": "1"})
    assert wrong.status_code == 404
    assert await recusals(walk) == []


@pytest.mark.parametrize("name", ["declare-conflict", "decide-recusal", "record-recusal", "fill-seat"])
async def test_no_other_act_of_recusal_opens_to_a_petitioner(browser: Browser, world: World, name: str) -> None:
    walk = await confirmed(world)
    refused = await browser.send(f"/status/acts/{name}", {**await key_of(walk), "begin": "1"})
    assert refused.status_code == 404


async def test_the_page_says_that_the_case_is_in_transfer_from_where_to_where(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.director", "record-unit", **ORGAN)
    own = (await browser.send("/status", await key_of(walk))).text
    assert "由香格里拉市人民调解工作室移交迪庆藏族自治州人民调解工作室" in own
    assert "&lt;time" not in own


async def test_the_receiver_is_told_that_it_can_not_send_the_case_back(
    app: Litestar, browser: Browser, world: World
) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.director", "record-unit", **ORGAN)
    await browser.sign_in("diqing.director")
    page = (await browser.get(f"/handovers/{walk.case_id}")).text
    assert "原单位因利害关系必须上提" in page
    for act in ("accept-handover", "return-handover", "declare-conflict"):
        assert f"/acts/{act}" in page
    sent = await browser.send(
        f"/cases/{walk.case_id}/acts/return-handover",
        {"reason": "local", "proof": "会商纪要", "version": str((await world.case(walk.case_id)).version)},
    )
    assert sent.status_code == 409
    assert "不能撤回、退回" in sent.text


async def test_who_declares_an_interest_comes_back_to_the_desk(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    await browser.sign_in("xgll.handler")
    form = await browser.get(f"/cases/{walk.case_id}/acts/declare-conflict")
    assert "不能撤销" in form.text
    done = await browser.send(
        f"/cases/{walk.case_id}/acts/declare-conflict", {"ground": "own", "fact": "本人在该公司持股"}
    )
    assert (done.status_code, done.headers["location"]) == (303, "/desk?done=declare-conflict")
    assert (await browser.get(f"/cases/{walk.case_id}")).status_code == 404


async def test_the_director_is_offered_the_seats_that_stand_empty(browser: Browser, world: World) -> None:
    walk = await confirmed(world)
    await browser.sign_in("xgll.director")
    assert "/acts/fill-seat" not in (await browser.get(f"/cases/{walk.case_id}")).text
    await declare(walk, "xgll.handler")
    page = (await browser.get(f"/cases/{walk.case_id}")).text
    assert "/acts/fill-seat" in page
    form = (await browser.get(f"/cases/{walk.case_id}/acts/fill-seat")).text
    seats = form.split('name="role"')[1].split("</select>")[0]
    assert 'value="handler"' in seats
    assert 'value="team_leader"' in seats
    assert 'value="mediator"' not in seats
