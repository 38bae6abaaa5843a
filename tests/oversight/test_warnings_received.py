"""收到的预警: an office comes to see every warning in force, however many there are; what waits for it stands first."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from cases.reckoning import end_of_day
from foundation import cookies
from oversight.models import CaseWarning
from oversight.warned import waiting
from oversight.warning_receipts import WarningReceipt
from tests.cases.build import Walk, assessing
from tests.door import Door
from tests.statements import recorded
from tests.world import World
from web.desk import SHOWN
from web.warnings import SIZE

API = "/api/v1/warnings"
RECEIVER, NEIGHBOUR, HOLDER = "xgll.daily", "xgll.guide", "xgll.director"
"""Three offices of one county: the database shows each of them the warnings to the others."""
LINE = re.compile(r"warning_id=([0-9a-f-]{36})")
NEXT = re.compile(r'rel="next" href="([^"]+)"')
LAST_DAY = "2026-03-28"


async def warned(walk: Walk, login: str, more: int = 0) -> list[str]:
    """By one act, whose warning is the newest and ends last, after `more` that end on few days: their ids in order."""
    await _written(walk, login, more)
    form = {"help_needed": "请协调场地", "ends_on": LAST_DAY}
    await walk.do(HOLDER, "issue-warning", receiver_office_id=await walk.world.office(login), **form)
    async with walk.world.owner() as session:
        mine = CaseWarning.receiver_office_id == await walk.world.office(login)
        rows = list(await session.scalars(select(CaseWarning).where(mine)))
    newest = max(rows, key=lambda one: one.recorded_at)
    rows.sort(key=lambda one: (one.ends_at, one.id))
    assert len(rows) == more + 1 and rows[-1] is newest
    return [str(one.id) for one in rows]


async def _written(walk: Walk, login: str, many: int) -> None:
    """Several end at the same instant: the id makes the order."""
    now, by = walk.world.clock.now(), await walk.world.subject(HOLDER)
    to = {"receiver_office_id": await walk.world.office(login), "case_id": walk.case_id}
    said: dict[str, Any] = {"police": False, "help_needed": "请派翻译", "recorded_at": now, "recorded_by": by.person_id}
    async with walk.world.owner() as session:
        session.add_all(
            CaseWarning(id=uuid4(), ends_at=end_of_day(now, number % 9), **to, **said) for number in range(many)
        )
        await session.commit()


async def pages(door: Door, login: str, **asked: int) -> list[list[dict[str, Any]]]:
    """One after the other until there is none."""
    found, after = [], None
    async with await door.program(login) as program:
        while True:
            answer = await program.get(API, params={**asked, **({"after": after} if after else {})})
            assert answer.status_code == 200, answer.text
            found.append(answer.json()["warnings"])
            after = answer.json()["after"]
            if after is None:
                return found


@pytest.mark.obligation("5", "N6")
async def test_an_office_with_more_than_one_page_of_warnings_sees_each_once_the_newest_too(own_door: Door) -> None:
    walk = await assessing(own_door.world, persons=2)
    ids = await warned(walk, RECEIVER, more=120)
    found = await pages(own_door, RECEIVER)
    assert [len(page) for page in found] == [100, 21]
    assert [one["id"] for page in found for one in page] == ids
    assert found[-1][-1]["help_needed"] == "请协调场地"
    assert [one["id"] for page in await pages(own_door, RECEIVER, size=7) for one in page] == ids
    exact = await pages(own_door, RECEIVER, size=len(ids))
    assert [len(page) for page in exact] == [len(ids)], "a full last page leads to no empty one"


async def test_a_place_in_the_list_of_another_office_is_none_and_tells_nothing(own_door: Door) -> None:
    walk = await assessing(own_door.world, persons=2)
    mine, theirs = (await warned(walk, RECEIVER, more=3)), (await warned(walk, NEIGHBOUR))
    async with await own_door.program(RECEIVER) as program:
        unknown = await program.get(API, params={"after": str(uuid4())})
        foreign = await program.get(API, params={"after": theirs[0]})
        sizes = [(await program.get(API, params={"size": size})).status_code for size in (0, 1, 200, 201)]
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "after")
    assert (foreign.status_code, foreign.json()["errors"]) == (422, unknown.json()["errors"])
    assert sizes == [422, 200, 200, 422]
    async with await own_door.program(HOLDER) as holder, await own_door.program("xgll.aux") as nobody:
        assert (await holder.get(API, params={"after": mine[0]})).status_code == 422, "its case's, but not sent to it"
        assert (await nobody.get(API, params={"after": mine[0]})).json() == {"warnings": [], "after": None}
    async with await own_door.program(NEIGHBOUR) as program:
        assert (await program.get(API, params={"after": theirs[0]})).json() == {"warnings": [], "after": None}


@pytest.mark.obligation("5", "N6")
async def test_the_desk_shows_what_waits_for_a_receipt_and_the_page_all_with_a_link_on(own_door: Door) -> None:
    walk = await assessing(own_door.world, persons=2)
    ids = await warned(walk, RECEIVER, more=SIZE + 5)
    await walk.do(RECEIVER, "acknowledge-warning", warning_id=ids[0])
    async with await own_door.browser(RECEIVER) as browser:
        desk, first = (await browser.get("/desk")).text, (await browser.get("/warnings")).text
        (on,) = NEXT.findall(first)
        second = (await browser.get(on)).text
        unknown = await browser.get("/warnings", params={"after": str(uuid4())})
        browser.cookies.set(cookies.LANGUAGE, "en")
        english = (await browser.get("/warnings")).text
    assert LINE.findall(desk) == ids[1 : SHOWN + 1] and 'href="/warnings"' in desk and "已签收" not in desk
    assert f"只显示前 {SHOWN} 件" in desk
    assert LINE.findall(first) == ids[1:SIZE] and first.count("已签收") == 1
    assert LINE.findall(second) == ids[SIZE:] and not NEXT.findall(second)
    assert unknown.status_code == 422 and not LINE.findall(unknown.text)
    assert "<h1>Warnings received</h1>" in english and "Next page" in english
    number, names = (
        (await walk.world.case(walk.case_id)).registration_no,
        [one.name for one in await walk.petitioners()],
    )
    assert not [word for word in (number, *names) if word in desk + first + second]
    async with await own_door.browser("xgll.aux") as nobody:
        assert (await nobody.get("/warnings")).status_code == 403


async def test_with_every_receipt_given_the_desk_leads_to_the_list_until_the_last_has_ended(own_door: Door) -> None:
    walk = await assessing(own_door.world, persons=2)
    ids = await warned(walk, RECEIVER, more=2)
    await _receipts(walk, ids)
    async with await own_door.browser(RECEIVER) as browser:
        desk, page = (await browser.get("/desk")).text, (await browser.get("/warnings")).text
    assert 'href="/warnings"' in desk and "没有待签收的预警" in desk and not LINE.findall(desk)
    assert "只显示前" not in desk
    assert page.count("已签收") == len(ids) and not LINE.findall(page)
    own_door.world.clock.advance(days=30)
    async with await own_door.browser(RECEIVER) as browser:
        desk, page = (await browser.get("/desk")).text, (await browser.get("/warnings")).text
    assert "收到的预警" not in desk and "目前没有。" in page


async def test_the_desk_asks_once_and_for_few_rows_whatever_was_received(own_world: World) -> None:
    walk = await assessing(own_world, persons=2)
    ids = await warned(walk, RECEIVER, more=SHOWN * 3)
    for received in (0, SHOWN, len(ids)):
        await _receipts(walk, ids[:received])
        async with own_world.as_(RECEIVER) as (session, subject):
            await session.execute(text("select 1"))  # the scope goes with the first statement
            with recorded(own_world.store) as sent:
                found = await waiting(session, subject, SHOWN)
        assert len(sent) <= 2, sent
        open_ = [str(one.id) for one in found if not one.received]
        assert open_ == ids[received : received + SHOWN] and len(found) - len(open_) == (1 if received else 0)


async def _receipts(walk: Walk, ids: list[str]) -> None:
    """Of those that have none."""
    now, by = walk.world.clock.now(), await walk.world.subject(RECEIVER)
    said = {"case_id": walk.case_id, "office_id": by.office_id, "recorded_at": now, "recorded_by": by.person_id}
    async with walk.world.owner() as session:
        given = {str(one) for one in await session.scalars(select(WarningReceipt.warning_id))}
        missing = [UUID(one) for one in ids if one not in given]
        session.add_all(WarningReceipt(id=uuid4(), warning_id=one, **said) for one in missing)
        await session.commit()
