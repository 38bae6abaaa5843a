"""An overseer's answers, asked in the same words before, while and after an order, a complaint or an inspection.

By page and by API: header, timeline, final papers and totals always; statements and masked names only in between.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from httpx import AsyncClient

from cases.petitioner import petitioner
from oversight.complaints import own_complaints
from oversight.inspections import inspections_of
from oversight.orders import orders_of
from tests.cases.build import Walk, entrusted
from tests.door import Door
from tests.oversight.test_orders import issue
from tests.world import World

CLAIM = "爆破施工造成墙体开裂"
STATEMENT = "公路施工爆破后"
NAME, MASKED = "和春生", "和**"
NOTE = "内部备注不外传"
PARTS = (
    "parties", "claims", "consents", "timeline", "timers", "looks", "papers", "notes", "team", "plans", "agreement",
    "evidence", "referrals", "performances", "visits", "relief", "money", "orders", "handovers", "files",
    "oversight-notes", "inspections", "order-extensions", "disputes",
)  # fmt: skip
ALWAYS = {"timeline", "timers", "papers", "orders", "handovers", "team"}

Begin = Callable[[Walk], Awaitable[None]]


async def dispute(world: World) -> Walk:
    walk = await entrusted(world, persons=2)
    await walk.do("xgll.director", "write-note", text=NOTE)
    return walk


async def asked(client: AsyncClient, walk: Walk) -> dict[str, tuple[int, str]]:
    """Every exit of the case that the API has, and the page."""
    found: dict[str, tuple[int, str]] = {}
    for part in PARTS:
        answer = await client.get(f"/api/v1/cases/{walk.case_id}/{part}")
        found[part] = (answer.status_code, answer.text)
    papers = (await client.get(f"/api/v1/cases/{walk.case_id}/papers")).json()
    for number, paper in enumerate(papers):
        answer = await client.get(f"/api/v1/cases/{walk.case_id}/papers/{paper['id']}")
        found[f"paper {number}"] = (answer.status_code, answer.text)
    return found


async def page_of(client: AsyncClient, walk: Walk) -> str:
    answer = await client.get(f"/cases/{walk.case_id}")
    assert answer.status_code == 200
    return answer.text


def closed(answers: Mapping[str, tuple[int, str]]) -> None:
    """What the rows 39 and 41 leave."""
    assert all(answers[part][0] == 200 for part in ALWAYS)
    assert all('"field_group":"final"' in one or one == "[]" for one in [answers["papers"][1]])
    for text in (CLAIM, STATEMENT, NAME, MASKED, NOTE):
        assert not [part for part, (_, shown) in answers.items() if text in shown], text


def opened(answers: Mapping[str, tuple[int, str]]) -> None:
    """And the rows 40 and 42 in between: masked names, statements; never a note, never a name in clear."""
    assert CLAIM in answers["claims"][1]
    assert MASKED in answers["parties"][1]
    assert any(STATEMENT in shown for _, shown in answers.values())
    for text in (NAME, NOTE):
        assert not [part for part, (_, shown) in answers.items() if text in shown], text


async def by_order(walk: Walk) -> None:
    await issue(walk)


async def by_inspection(walk: Walk) -> None:
    await walk.do("diqing.supervisor", "open-inspection", reason="overdue", items=["procedure"], ends_on="2026-03-20")


async def by_complaint(walk: Walk) -> None:
    party = petitioner((await walk.petitioners())[0].id)
    await walk.world.do_as(party, walk.case_id, "file-complaint", kind="delay", about="process", text="一直没有开会")


async def order_ends(walk: Walk) -> None:
    async with walk.world.as_("diqing.supervisor") as (session, _):
        order = str((await orders_of(session, walk.case_id))[0].id)
    await walk.do("xgll.director", "reply-order", order_id=order, reply="已签委托书", proof="委托书编号")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=order, verdict="strike_off", proof="回复属实")


async def inspection_ends(walk: Walk) -> None:
    async with walk.world.as_("diqing.supervisor") as (session, _):
        inspection = str((await inspections_of(session, walk.case_id))[0].id)
    await walk.do("diqing.supervisor", "close-inspection", inspection_id=inspection, findings="程序合规")


async def complaint_ends(walk: Walk) -> None:
    party = petitioner((await walk.petitioners())[0].id)
    async with walk.world.store.scoped(party.scope) as session:
        complaint = str((await own_complaints(session, party, walk.case_id))[0].id)
    form: dict[str, Any] = {"complaint_id": complaint, "finding": "upheld", "answer": "已责令改正"}
    await walk.do("diqing.complaints", "answer-complaint", **form)


@pytest.mark.parametrize(
    ("begin", "end"),
    [(by_order, order_ends), (by_inspection, inspection_ends), (by_complaint, complaint_ends)],
    ids=["order", "inspection", "complaint"],
)
async def test_the_facts_come_and_go_with_what_is_open(door: Door, world: World, begin: Begin, end: Begin) -> None:
    walk = await dispute(world)
    async with (
        await door.program("diqing.supervisor") as program,
        await door.browser("diqing.supervisor") as browser,
        await door.program("diqing.conference") as neighbour,
        await door.program("yunnan.supervisor") as above,
    ):
        closed(await asked(program, walk))
        assert CLAIM not in await page_of(browser, walk)
        await begin(walk)
        world.clock.advance(seconds=1)
        opened(await asked(program, walk))
        page = await page_of(browser, walk)
        assert CLAIM in page
        assert MASKED in page
        assert NAME not in page
        closed(await asked(above, walk))
        assert "parties" not in (await neighbour.get(f"/api/v1/cases/{walk.case_id}/claims")).text
        await end(walk)
        world.clock.advance(seconds=1)
        closed(await asked(program, walk))
        assert CLAIM not in await page_of(browser, walk)


async def test_a_paper_that_is_not_final_is_not_there_for_an_overseer_neither_printed(door: Door, world: World) -> None:
    walk = await dispute(world)
    async with await door.program("xgll.director") as holder:
        papers = (await holder.get(f"/api/v1/cases/{walk.case_id}/papers")).json()
    internal = [paper["id"] for paper in papers if paper["field_group"] != "final"]
    final = [paper["id"] for paper in papers if paper["field_group"] == "final"]
    assert internal
    assert final
    async with await door.program("yunnan.supervisor") as program, await door.browser("yunnan.supervisor") as browser:
        for paper, status in (*((one, 404) for one in internal), *((one, 200) for one in final)):
            assert (await program.get(f"/api/v1/cases/{walk.case_id}/papers/{paper}")).status_code == status
            assert (await browser.get(f"/cases/{walk.case_id}/papers/{paper}")).status_code == status


async def test_a_file_is_neither_listed_nor_sent_to_an_overseer(door: Door, world: World) -> None:
    walk = await dispute(world)
    async with await door.program("xgll.intake") as nobody, await door.program("xgll.director") as director:
        assert (await nobody.get(f"/api/v1/cases/{walk.case_id}/files")).status_code in (403, 404)
        assert (await director.get(f"/api/v1/cases/{walk.case_id}/files")).status_code == 200
    async with await door.program("yunnan.supervisor") as program:
        assert (await program.get(f"/api/v1/cases/{walk.case_id}/files")).status_code == 403


async def test_an_order_s_words_are_for_who_reads_the_facts_and_for_who_wrote_them(door: Door, world: World) -> None:
    walk = await dispute(world)
    await issue(walk)
    for login, reads in (("diqing.supervisor", True), ("xgll.director", True), ("yunnan.supervisor", False)):
        async with await door.program(login) as program, await door.browser(login) as browser:
            assert ("每周报告进展" in (await program.get(f"/api/v1/cases/{walk.case_id}/orders")).text) is reads
            assert ("每周报告进展" in await page_of(browser, walk)) is reads


async def test_a_leading_group_s_office_above_has_no_sight_of_the_case(door: Door, world: World) -> None:
    walk = await dispute(world)
    async with await door.program("diqing.lgo") as program:
        for part in PARTS:
            assert (await program.get(f"/api/v1/cases/{walk.case_id}/{part}")).status_code in (403, 404)
