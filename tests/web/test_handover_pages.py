"""移交 by page: boxes and counts, the preview with what would move, many at once by ticks, the petitioner's words."""

import re
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient
from litestar.datastructures import UploadFile

from foundation.errors import InvalidInput
from handover.boxes import Box, page_of
from handover.bulk_models import Batch, BatchState
from tests.cases.build import entrusted
from tests.door import Door
from tests.handover.test_bulk import DIRECTOR, HEAD, approved, numbers, offer, work
from tests.web.conftest import Browser
from tests.world import World
from web.bulk_list import numbers_in


async def offered_up(world: World, count: int) -> list[str]:
    """Ids of cases that the township offers to the county, one after the other."""
    walks = await approved(world, count)
    for number in await numbers(walks):
        await work(world, await offer(world, [number]))
    return [str(walk.case_id) for walk in walks]


@pytest.fixture
async def own_browser(own_door: Door, own_world: World) -> AsyncIterator[Browser]:
    async with AsyncClient(
        transport=ASGITransport(app=cast(Any, own_door.app)), base_url="http://testserver"
    ) as client:
        yield Browser(client, own_world)


async def paged(world: World, login: str) -> list[str]:
    """What waits for an office, one offer a page."""
    seen: list[str] = []
    after = None
    async with world.as_(login) as (session, subject):
        while True:
            page = await page_of(session, subject, Box.WAITING, after, size=1)
            seen += [str(row.case_id) for row in page.rows]
            if (after := page.after) is None:
                return seen


async def test_each_box_holds_its_own_and_a_late_answer_is_marked(own_browser: Browser, own_world: World) -> None:
    first, second = await offered_up(own_world, 2)
    own_world.clock.advance(days=16)
    await own_browser.sign_in(DIRECTOR)
    page = (await own_browser.get("/handovers")).text
    assert page.index(first) < page.index(second)
    assert await paged(own_world, DIRECTOR) == [first, second]
    assert page.count('<span class="overdue">') == 2
    assert "逾期 2" in page
    sent = await own_browser.send(
        f"/cases/{first}/acts/return-handover", {"reason": "local", "proof": "会商纪要", "version": "3"}
    )
    assert sent.status_code == 303, sent.text
    assert first not in (await own_browser.get("/handovers")).text
    await own_browser.sign_in(HEAD)
    boxes = {box: (await own_browser.get(f"/handovers?box={box}")).text for box in ("sent", "returned", "decided")}
    assert [first in boxes[box] for box in boxes] == [False, True, True]
    assert [second in boxes[box] for box in boxes] == [True, False, False]
    assert "会商纪要" in boxes["returned"]


async def test_what_moves_is_shown_to_who_offers_and_less_to_who_is_to_accept(browser: Browser, world: World) -> None:
    walk = await entrusted(world, persons=2)
    prefecture = await world.office("diqing.director")
    await browser.sign_in(DIRECTOR)
    page = (await browser.get(f"/cases/{walk.case_id}/handover?to_office_id={prefecture}")).text
    for said in ("承办机构", "法定期限", "谁能看到", f"acts/offer-handover?to_office_id={prefecture}"):
        assert said in page
    await walk.do(DIRECTOR, "offer-handover", to_office_id=prefecture, reason="major")
    await browser.sign_in("diqing.director")
    page = (await browser.get(f"/handovers/{walk.case_id}")).text
    assert "接收后全部可见" in page
    name = (await walk.petitioners())[0].name
    assert name not in page
    assert (await browser.get(f"/cases/{walk.case_id}/handover")).status_code in (403, 404)
    await browser.sign_in("deqin.director")
    assert (await browser.get(f"/cases/{walk.case_id}/handover")).status_code == 404


async def test_cases_ticked_in_a_list_are_handed_over_in_one_act_and_the_report_is_taken_away(
    own_browser: Browser, own_world: World
) -> None:
    browser, world = own_browser, own_world
    walks = await approved(world, 2)
    names = await numbers(walks)
    await browser.sign_in(HEAD)
    assert f'name="cases" value="{names[0]}"' in (await browser.get("/cases")).text
    form = (await browser.send("/bulk/choose", {"kind": "offer", "cases": names})).text
    assert "\n".join(names) in form
    office = str(await world.office(DIRECTOR))
    given: dict[str, str | list[str]] = {"kind": "offer", "reason": "company", "to_office_id": office}
    wrong = await browser.send("/bulk", {**given, "cases": f"{names[0]}\n张三"})
    assert wrong.status_code == 422
    assert "第 2 行" in wrong.text
    unknown = "530000-99999-2026-00001"
    ahead = await browser.send("/bulk", {**given, "cases": "\n".join([*names, unknown]), "preview": "1"})
    assert (ahead.status_code, "将办理 2 件，没有找到 1 件" in ahead.text) == (200, True)
    assert f"<li>{unknown}</li>" in ahead.text
    assert "还没有批量办理" in (await browser.get("/bulk")).text
    begun = await browser.send("/bulk", {**given, "cases": "\n".join(names)})
    assert begun.status_code == 303, begun.text
    address = begun.headers["location"]
    assert 'hx-trigger="every 2s"' in (await browser.get(address)).text
    await _worked(world, address)
    page = (await browser.get(address)).text
    assert "已办完" in page
    assert "every 2s" not in page
    report = await browser.get(f"{address}/report.csv")
    assert report.headers["content-type"].startswith("text/csv")
    assert all(name in report.text for name in names)
    await browser.sign_in("shengping.head")
    for hidden in (address, f"{address}/report.csv", f"{address}/progress"):
        assert (await browser.get(hidden)).status_code == 404
    assert (await browser.send(f"{address}/cancel", {})).status_code == 404
    await browser.sign_in("jiantang.clerk")
    assert (await browser.get("/bulk")).status_code == 403
    assert (await browser.get("/bulk/new?kind=offer")).status_code == 403


async def test_a_file_of_numbers_whose_quotation_nothing_ends_is_refused_at_its_field() -> None:
    content = b'"' + b"530000-00001-2026-00001\n" * 10_000
    upload = UploadFile("text/csv", "list.csv", content)
    with pytest.raises(InvalidInput) as refused:
        await numbers_in(upload)
    await upload.close()
    assert [(one.field, one.rule) for one in refused.value.fields] == [("cases", "not_text")]


async def _worked(world: World, address: str) -> None:
    async with world.owner() as session:
        batch = await session.get_one(Batch, address.rpartition("/")[2])
    await work(world, batch)
    async with world.owner() as session:
        assert (await session.get_one(Batch, batch.id)).state == BatchState.DONE


async def test_without_a_team_nobody_is_asked_who_of_it_stays(browser: Browser, world: World) -> None:
    (walk,) = await approved(world, 1)
    await walk.do(HEAD, "offer-handover", to_office_id=await world.office(DIRECTOR), reason="company")
    await browser.sign_in(DIRECTOR)
    for address in (f"/handovers/{walk.case_id}", f"/cases/{walk.case_id}/acts/accept-handover"):
        page = (await browser.get(address)).text
        assert 'name="no_conflict"' in page
        assert not {"keep", "kept_agree", "keep_assistances"} & set(re.findall(r'(?:id|name)="(\w+)"', page))
    wrong = await browser.send(
        f"/cases/{walk.case_id}/acts/accept-handover",
        {"keep": str(walk.case_id), "no_conflict": "true", "version": str((await world.case(walk.case_id)).version)},
    )
    assert "此人已不在小组" in wrong.text


async def test_the_petitioner_reads_where_the_case_is_on_its_way(browser: Browser, world: World) -> None:
    (walk,) = await approved(world, 1)
    receipt: dict[str, str | list[str]] = {"registration_no": (await numbers([walk]))[0], "code": walk.receipts[0].code}
    office = await world.office(DIRECTOR)
    await walk.do(HEAD, "offer-handover", to_office_id=office, reason="company")
    assert "移交中：自" in (await browser.send("/status", receipt)).text
    await walk.do(DIRECTOR, "return-handover", reason="local", proof="会商纪要")
    assert "移交未成：" in (await browser.send("/status", receipt)).text
    (other,) = await approved(world, 1)
    receipt = {"registration_no": (await numbers([other]))[0], "code": other.receipts[0].code}
    await other.do(HEAD, "offer-handover", to_office_id=office, reason="company")
    await other.do(DIRECTOR, "accept-handover", no_conflict=True)
    page = (await browser.send("/status", receipt)).text
    assert "已移交：" in page
    assert "案号不变" in page


async def test_who_withdraws_after_the_acceptance_reads_that_the_case_changed(browser: Browser, world: World) -> None:
    (walk,) = await approved(world, 1)
    await walk.do(HEAD, "offer-handover", to_office_id=await world.office(DIRECTOR), reason="company")
    seen = str((await world.case(walk.case_id)).version)
    await walk.do(DIRECTOR, "accept-handover", no_conflict=True)
    await browser.sign_in(HEAD)
    late = await browser.send(f"/cases/{walk.case_id}/acts/withdraw-handover", {"version": seen})
    assert late.status_code == 412
    assert "内容已被他人更改" in late.text


async def test_the_way_of_a_case_is_drawn_and_told_in_a_table(browser: Browser, world: World) -> None:
    """The former holder sees its own part of the way, and a stranger none."""
    (walk,) = await approved(world, 1)
    await walk.do(HEAD, "offer-handover", to_office_id=await world.office(DIRECTOR), reason="company")
    world.clock.advance(days=3)
    await walk.do(DIRECTOR, "accept-handover", no_conflict=True)
    world.clock.advance(days=2)
    for login in (DIRECTOR, HEAD):
        await browser.sign_in(login)
        page = (await browser.get(f"/cases/{walk.case_id}")).text
        assert page.count('<rect class="chain-bar') == 2, login
        assert "1 · 3 天" in page
        assert " style=" not in page.partition('id="chain-title"')[2].partition("</section>")[0]
    await browser.sign_in("deqin.director")
    assert (await browser.get(f"/cases/{walk.case_id}")).status_code == 404
