"""督办事项: one order on a matter of many cases; and a joint conference's on a leadership, which rests on no case."""

from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from tests.cases.build import Walk, accepted, registered
from tests.door import Door
from tests.organisation.planning import DEQIN, XGLL, carried_out
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
        assert matter in {one["id"] for one in (await above.get(API)).json()["matters"]}
    async with await door.program("deqin.director") as stranger:
        assert (await stranger.get(f"{API}/{matter}")).status_code == 404
        assert matter not in (await stranger.get(API)).text
    async with await door.browser("diqing.supervisor") as browser:
        page = (await browser.get(f"/matters/{matter}")).text
        assert MATTER["name"] in page and "整体销号" in page
    async with await door.browser("deqin.director") as browser:
        assert (await browser.get(f"/matters/{matter}")).status_code == 404
        assert MATTER["name"] not in (await browser.get("/matters")).text


async def test_a_matter_shows_each_reader_the_own_cases_alone_and_nothing_without_one(door: Door, world: World) -> None:
    """Its list counts what its page shows: neither says how many cases of others there are."""
    own, other = await accepted(world, persons=1), await registered(world, persons=1)
    form = {**MATTER, "numbers": f"{await number(own)}\n{await number(other)}"}
    async with await door.program("diqing.supervisor") as above:
        made = await above.post(API, json=form, headers={"Idempotency-Key": "matter-sight"})
        matter = made.json()["line"]["id"]
        assert len(made.json()["members"]) == 2
    for login, sees in (("xgll.director", 1), ("jiantang.head", 1), ("deqin.director", 0), ("diqing.chair", 0)):
        async with await door.program(login) as reader:
            page, listed = await reader.get(f"{API}/{matter}"), (await reader.get(API)).json()
            assert (page.status_code, len(page.json().get("members", []))) == (200 if sees else 404, sees), login
            assert [one["cases"] for one in listed["matters"] if one["id"] == matter] == [sees] * bool(sees), login


async def test_a_matter_of_cases_has_no_answer_as_a_whole_and_says_which_case_refuses(door: Door, world: World) -> None:
    walk, closed = await accepted(world, persons=1), await accepted(world, persons=1)
    async with await door.program("diqing.supervisor") as above:
        form = {**MATTER, "numbers": await number(walk)}
        made = await above.post(API, json=form, headers={"Idempotency-Key": "matter-whole"})
        matter, line = made.json()["line"]["id"], made.json()["line"]
        assert made.json()["deeds"] == ["urged", "extended", "struck_off"]
        for early in ("replied", "refused"):
            done = await deed(above, matter, early)
            assert (done.status_code, done.json()["code"]) == (409, "matter_answered_by_case")
        assert (await above.get(f"{API}/{matter}")).json()["line"] == line
    world.clock.advance(seconds=60 * 86400)
    async with await door.program("diqing.supervisor") as above:
        past = await deed(above, matter, "extended", deadline="2026-04-20")
        assert (past.status_code, past.json()["errors"][0]["field"]) == (422, "deadline")
        more = {"numbers": await number(closed)}
        late = await above.post(f"{API}/{matter}/cases", json=more, headers={"Idempotency-Key": "matter-late"})
        told = late.json()["errors"][0]
        assert (late.status_code, told["field"]) == (422, "numbers")
        assert await number(closed) in told["message"] and "日期已过" in told["message"]
        assert await orders(closed) == []


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


async def test_where_counties_merge_a_matter_is_the_heirs_also_when_no_order_in_it_stands(own_door: Door) -> None:
    """And what a conference addressed to the leadership that is no more is read by the one that took over."""
    door, world = own_door, own_door.world
    walk = await accepted(world, persons=1)
    async with await door.program("xgll.lgo") as house:
        form = {**MATTER, "numbers": await number(walk)}
        made = await house.post(API, json=form, headers={"Idempotency-Key": "matter-house"})
        own = made.json()["line"]["id"]
    order = (await orders(walk))[0][0]
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    await walk.do("xgll.lgo", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")
    async with await door.browser("diqing.conference") as browser:
        joint = await posted(browser, "/matters", {**MATTER, "ground": "leadership", "addressee": XGLL})
        addressed = joint.headers["location"]
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN})
    async with await door.browser("deqin.lgo") as heir:
        assert MATTER["requirements"] in (await heir.get(addressed)).text
    async with await door.program("deqin.lgo") as heir:
        assert (await heir.get(f"{API}/{own}")).json()["own"]
        over = await deed(heir, own, "struck_off", words="原县督办已全部销号")
        assert (over.status_code, over.json()["line"]["state"]) == (200, "struck_off")
