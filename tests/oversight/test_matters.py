"""督办事项: one order on a matter of many cases; and a joint conference's on a leadership, which rests on no case."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from tests.cases.build import Walk, accepted
from tests.door import Door
from tests.oversight.test_pages import posted
from tests.world import World

MATTER = {
    "name": "公路施工损害系列纠纷",
    "ground": "major",
    "requirements": "统一评估标准，逐件化解",
    "deadline": "2026-04-10",
    "contact": "州工作室综合科",
}
API = "/api/v1/matters"


async def number(walk: Walk) -> str:
    return (await walk.world.case(walk.case_id)).registration_no


async def answered(walk: Walk, order: str) -> None:
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")


async def orders(walk: Walk) -> list[tuple[Any, ...]]:
    async with walk.world.owner() as session:
        ask = "select id::text, urged, deadline::date::text, state from supervision_orders where case_id = :case"
        return [tuple(row) for row in await session.execute(text(ask), {"case": walk.case_id})]


async def deed(program: AsyncClient, matter: str, deed: str, **more: str) -> Any:
    form = {"deed": deed, "words": "逐件核对", **more}
    return await program.post(f"{API}/{matter}/deeds", json=form, headers={"Idempotency-Key": str(uuid4())})


@pytest.mark.obligation("34")
async def test_a_matter_of_many_cases_is_followed_case_by_case_and_struck_off_as_a_whole(
    door: Door, world: World
) -> None:
    first, second, third = [await accepted(world, persons=1) for _ in range(3)]
    async with await door.program("diqing.supervisor") as above, await door.program("xgll.director") as holder:
        unknown = {**MATTER, "numbers": f"{await number(first)}\n没有这个号"}
        refused = await above.post(API, json=unknown, headers={"Idempotency-Key": "matter-none"})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "numbers")
        assert await orders(first) == []
        form = {**MATTER, "numbers": f"{await number(first)}\n{await number(second)}"}
        made = await above.post(API, json=form, headers={"Idempotency-Key": "matter-two"})
        assert made.status_code == 201, made.text
        matter = made.json()["line"]["id"]
        more = await above.post(
            f"{API}/{matter}/cases", json={"numbers": await number(third)}, headers={"Idempotency-Key": "matter-three"}
        )
        assert [one["state"] for one in more.json()["members"]] == ["open"] * 3
        assert (await deed(above, matter, "urged")).status_code == 200
        assert (await deed(above, matter, "extended", deadline="2026-04-20")).status_code == 200
        assert [row[1:] for row in await orders(second)] == [(1, "2026-04-20", "open")]
        seen = (await holder.get(f"{API}/{matter}")).json()
        assert (seen["requirements"], seen["own"], len(seen["members"])) == (None, False, 3)
        assert (await deed(holder, matter, "urged")).status_code == 403
        for walk in (first, second):
            await answered(walk, (await orders(walk))[0][0])
        assert (await deed(above, matter, "struck_off")).status_code == 409
        await answered(third, (await orders(third))[0][0])
        over = await deed(above, matter, "struck_off", words="三件均已销号")
        assert (over.json()["line"]["state"], over.json()["line"]["over"]) == ("struck_off", 3)
        assert matter in {one["id"] for one in (await above.get(API)).json()}
    async with await door.program("deqin.director") as stranger:
        assert (await stranger.get(f"{API}/{matter}")).status_code == 404
        assert matter not in (await stranger.get(API)).text
    async with await door.browser("diqing.supervisor") as browser:
        page = (await browser.get(f"/matters/{matter}")).text
        assert MATTER["name"] in page and "整体销号" in page
    async with await door.browser("deqin.director") as browser:
        assert (await browser.get(f"/matters/{matter}")).status_code == 404
        assert MATTER["name"] not in (await browser.get("/matters")).text


async def test_a_conference_supervises_a_leadership_without_a_case_and_strikes_off_after_its_answer(
    door: Door, world: World
) -> None:
    form = {**MATTER, "ground": "leadership", "addressee": "533401"}
    async with await door.browser("diqing.conference") as browser:
        wrong = await posted(browser, "/matters", {**form, "addressee": "530000"})
        assert (wrong.status_code, "须为本级联席会议辖区内的下级地区" in wrong.text) == (422, True)
        made = await posted(browser, "/matters", form)
        assert made.status_code == 303, made.text
        here = made.headers["location"]
        early = await posted(browser, here, {"deed": "struck_off", "words": "直接销号"})
        assert early.status_code == 409
        for deed in ("urged", "replied", "refused", "replied", "struck_off"):
            done = await posted(browser, here, {"deed": deed, "words": "香格里拉市委书面报告"})
            assert done.status_code == 303, done.text
        assert "整体销号" in (await browser.get(here)).text
    async with await door.browser("xgll.lgo") as addressed:
        assert MATTER["requirements"] in (await addressed.get(here)).text
    async with await door.browser("diqing.supervisor") as other:
        refused = await posted(other, "/matters", form)
        assert refused.status_code == 422
