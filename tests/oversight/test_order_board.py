"""督办台账, and the orders to units that stand on it (信访工作条例 40)."""

from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from sqlalchemy import text

from foundation.errors import Conflict, Forbidden, InvalidInput
from oversight import order_board
from oversight.orders import NotReplied, NotYourOrder
from tests.cases.build import Walk, accepted
from tests.door import Door
from tests.oversight.reach import actions, referred
from tests.teams import build
from tests.world import World

ORDER = {"ground": "major", "requirements": "务必查清林某家的情况", "contact": "综合科"}
URGING = {"unit": "云岭路桥建设有限公司", "ground": "shuffling", "text": "请尽快书面答复", "deadline": "2026-03-20"}
API = "/api/v1/orders"


async def listed(door: Door, login: str, **asked: Any) -> list[dict[str, Any]]:
    async with await door.program(login) as program:
        found, after = [], None
        while True:
            answer = await program.get(API, params={**asked, "size": 2, **({"after": after} if after else {})})
            assert answer.status_code == 200, answer.text
            found += answer.json()["lines"]
            after = answer.json()["after"]
            if after is None:
                return found


async def counted(world: World, login: str) -> dict[str, int]:
    async with world.as_(login) as (session, subject):
        rows = await order_board.counts(session, subject)
    return {"open": sum(row.open for row in rows), "struck_off": sum(row.struck_off for row in rows)}


async def order_of(walk: Walk) -> str:
    async with walk.world.owner() as session:
        ask = text("select id::text from supervision_orders where case_id = :case order by recorded_at desc limit 1")
        return str(await session.scalar(ask, {"case": walk.case_id}))


@pytest.mark.obligation("34")
async def test_the_board_shows_each_tier_its_own_orders_the_overdue_first_and_no_words(
    door: Door, world: World
) -> None:
    before = await counted(world, "xgll.lgo")
    walks = [await accepted(world, persons=1) for _ in range(3)]
    for walk, day in zip(walks, ("2026-04-20", "2026-03-10", "2026-04-10"), strict=True):
        await walk.do("diqing.supervisor", "issue-order", **ORDER, deadline=day)
    world.clock.advance(days=10)
    mine = {str(walk.case_id) for walk in walks}
    for login in ("diqing.supervisor", "xgll.director", "yunnan.supervisor"):
        lines = [line for line in await listed(door, login) if line["case_id"] in mine]
        assert [line["deadline"] for line in lines] == ["2026-03-10", "2026-04-10", "2026-04-20"]
        assert [line["overdue"] for line in lines] == [True, False, False]
    overdue = await listed(door, "xgll.lgo", state="overdue")
    assert [line["case_id"] for line in overdue if line["case_id"] in mine] == [str(walks[1].case_id)]
    assert not mine & {line["case_id"] for line in await listed(door, "deqin.director")}
    order = await order_of(walks[0])
    await walks[0].do("xgll.director", "reply-order", order_id=order, reply="已签", proof="委托书编号")
    await walks[0].do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="属实")
    over = [line for line in await listed(door, "xgll.director", state="over") if line["case_id"] in mine]
    assert [line["state"] for line in over] == ["struck_off"]
    after = await counted(world, "xgll.lgo")
    assert {name: after[name] - before[name] for name in after} == {"open": 2, "struck_off": 1}
    async with await door.program("xgll.lgo") as program:
        shown = (await program.get(f"{API}/counts")).json()
        assert sum(row["open"] for row in shown) == after["open"]
    async with await door.browser("xgll.director") as browser:
        sheet, table = await browser.get("/orders.xlsx"), await browser.get("/orders.csv?state=overdue")
        page = (await browser.get("/orders?state=standing&kind=overseeing")).text
        desk = (await browser.get("/desk")).text
    cells = [cell.value for row in openpyxl.load_workbook(BytesIO(sheet.content)).active.rows for cell in row]
    number = (await world.case(walks[1].case_id)).registration_no
    assert number in cells and number in table.text and number in page and number in desk
    assert not any("林某" in str(one) for one in (*cells, table.text, page, desk))
    async with await door.browser("xgll.aux") as nobody:
        assert (await nobody.get("/orders")).status_code == 403


async def test_a_unit_is_urged_by_an_order_and_its_paper_answers_it(door: Door, world: World) -> None:
    case = (await referred(world)).case
    walk, opened = Walk(world, case.id, ()), await actions(world, "xgll.inspector", case.id)
    for words in ("请联系13808871234", "身份证533421199001011234的信访人"):
        with pytest.raises(InvalidInput):
            await walk.do("xgll.inspector", "urge-unit", **{**URGING, "text": words})
    await walk.do("xgll.inspector", "urge-unit", **URGING)
    assert await actions(world, "xgll.inspector", case.id) == opened
    order = await order_of(walk)
    with pytest.raises(NotReplied):
        await follow(walk, order, "strike_off")
    with pytest.raises(InvalidInput):
        await follow(walk, order, "replied")
    await follow(walk, order, "urged")
    await follow(walk, order, "replied", paper="云路函〔2026〕3号")
    await follow(walk, order, "refuse")
    await follow(walk, order, "extended", deadline="2026-03-30")
    lines = [line for line in await listed(door, "xgll.inspector") if line["case_id"] == str(case.id)]
    assert [(line["kind"], line["unit"], line["deadline"], line["urged"]) for line in lines] == [
        ("unit", URGING["unit"], "2026-03-30", 1)
    ]
    await follow(walk, order, "replied", paper="云路函〔2026〕5号")
    await follow(walk, order, "strike_off")
    parts = f"/api/v1/cases/{case.id}"
    async with await door.program("xgll.inspector") as program:
        (own,) = (await program.get(f"{parts}/orders")).json()
        told = (await program.get(f"{parts}/order-entries")).json()
    assert own["requirements"] == URGING["text"] and "云路函〔2026〕3号" in [one["proof"] for one in told]
    async with await door.browser("xgll.inspector") as browser:
        page = (await browser.get(f"/cases/{case.id}")).text
    assert URGING["text"] in page and "云路函〔2026〕5号" in page, "who urged the unit reads what it answered"
    async with await door.program("xgll.daily") as program:
        assert (await program.get(f"{parts}/orders")).status_code in (403, 404)


async def follow(walk: Walk, order: str, deed: str, **more: str) -> None:
    await walk.do("xgll.inspector", "follow-unit-order", order_id=order, deed=deed, words="按条例办理", **more)


async def test_an_order_to_a_unit_binds_no_workroom_and_goes_on_when_the_case_moves(world: World) -> None:
    case = (await referred(world)).case
    walk = Walk(world, case.id, ())
    await walk.do("xgll.inspector", "urge-unit", **URGING)
    with pytest.raises((Conflict, Forbidden, InvalidInput)):
        await walk.do("xgll.director", "reply-order", order_id=await order_of(walk), reply="代为答复", proof="无")
    above = await world.office("diqing.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=above, reason="major")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    async with world.owner() as session:
        state = await session.scalar(text("select state from supervision_orders where case_id = :c"), {"c": case.id})
    assert state == "open"


async def test_the_holder_asks_for_more_time_and_only_the_issuer_gives_it(world: World) -> None:
    walk = await accepted(world, persons=1)
    await walk.do("diqing.supervisor", "issue-order", **ORDER, deadline="2026-04-10")
    order = await order_of(walk)
    asked = {"order_id": order, "deadline": "2026-04-30", "reason": "等待鉴定意见"}
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "ask-order-extension", **{**asked, "deadline": "2026-04-01"})
    with pytest.raises(Forbidden):
        await walk.do("diqing.supervisor", "ask-order-extension", **asked)
    decided = {"order_id": order, "answer": "grant", "reason": "鉴定期间"}
    with pytest.raises(Conflict):
        await walk.do("diqing.supervisor", "decide-order-extension", **decided)
    for answer, day in (("decline", "2026-04-10"), ("grant", "2026-04-30")):
        await walk.do("xgll.director", "ask-order-extension", **asked)
        assert await deadline(walk) == "2026-04-10"
        with pytest.raises((Forbidden, NotYourOrder)):
            await walk.do("xgll.director", "decide-order-extension", **decided)
        await walk.do("diqing.supervisor", "decide-order-extension", **{**decided, "answer": answer})
        assert await deadline(walk) == day


async def deadline(walk: Walk) -> str:
    async with walk.world.owner() as session:
        ask = text("select (deadline at time zone 'Asia/Shanghai')::date::text from supervision_orders"
                   " where case_id = :case")  # fmt: skip
        return str(await session.scalar(ask, {"case": walk.case_id}))


async def test_a_reply_names_the_evidence_of_its_own_case_alone(world: World) -> None:
    walk = await build.confirmed(world)
    form = {"kind": "testimony", "title": "村民证言", "obtained_on": "2026-03-01", "pages": 1}
    await walk.do("xgll.handler", "add-evidence", **form)
    async with world.owner() as session:
        piece = await session.scalar(text("select id::text from evidence where case_id = :c"), {"c": walk.case_id})
    await walk.do("diqing.supervisor", "issue-order", **ORDER, deadline="2026-04-10")
    reply = {"order_id": await order_of(walk), "reply": "已取证", "proof": "证言一份"}
    with pytest.raises(InvalidInput):
        await walk.do("xgll.director", "reply-order", **reply, evidence=[piece, str(walk.case_id)])
    await walk.do("xgll.director", "reply-order", **reply, evidence=[piece])
    async with world.owner() as session:
        kept = await session.scalar(
            text("select evidence_ids::text[] from order_entries where case_id = :c and deed = 'replied'"),
            {"c": walk.case_id},
        )
    assert kept == [piece]


@pytest.mark.parametrize("moment", ["2026-01-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "x"])
async def test_a_place_in_the_board_that_it_never_gave_is_refused_by_name(door: Door, moment: str) -> None:
    async with await door.program("xgll.lgo") as program:
        answer = await program.get(API, params={"after": f"{moment}_{uuid4()}"})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "after"
