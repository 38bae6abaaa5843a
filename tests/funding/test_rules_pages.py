"""Rates, table and changes through the pages and the API: read by whose work they decide, changed by three persons."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from tests.door import Door
from tests.funding.test_rules_changes import RAISED, SUMMER, counted, rules
from tests.world import World

__all__ = ["rules"]
HERE, API = "/funding/rules", "/api/v1/funding"
OUTSIDERS = ("xgll.lgo", "yunnan.admin", "xgll.archivist")


async def drafted(door: Door, **changed: Any) -> dict[str, Any]:
    async with await door.program("yunnan.reviewer") as api:
        form = {"title": "提高一般案件标准", "effective_on": SUMMER, "rates": [RAISED]} | changed
        made = await api.post(f"{API}/rule-changes", json=form)
    assert made.status_code == 201, made.text
    view: dict[str, Any] = made.json()
    return view


@pytest.mark.obligation("41", "42", "48")
async def test_the_table_and_the_rates_are_read_printed_and_taken_away_in_both_languages(door: Door) -> None:
    async with await door.program("xgll.payer") as api:
        rates = (await api.get(f"{API}/rates", params={"on": "2026-03-02"})).json()
        assert {(one["key"], one["minimum_fen"], one["maximum_fen"], one["holds"]) for one in rates} == {
            ("subsidy.general", 300_000, 500_000, True), ("subsidy.major", 1_000_000, 3_000_000, True),
            ("duty.person_day", 20_000, 20_000, True),
        }  # fmt: skip
        sections = (await api.get(f"{API}/payer-table")).json()
        lines = {line["row"]: line for section in sections for line in section["lines"] if line["depth"] == 0}
        assert lines["A4"]["needs"] == ["企业无力承担的证据", "责任主体由谁、凭哪份文书认定"]
        assert (lines["A8"]["open"], lines["A4"]["open"]) == (True, False)
        assert (await api.get(f"{API}/rates", params={"on": "soon"})).status_code == 422
    async with await door.browser("xgll.payer") as browser:
        for address in (HERE, f"{HERE}/table"):
            page = await browser.get(address, params={"on": "2026-03-02"})
            assert page.status_code == 200 and "不向个人收费，同级财政承担" in page.text
        assert "起草变更" not in (await browser.get(HERE)).text
        assert (await browser.get(HERE, params={"on": "soon"})).status_code == 422
        sheet = await browser.get(f"{HERE}/table.xlsx", headers={"Accept-Language": "en"})
        book = openpyxl.load_workbook(BytesIO(sheet.content))
        assert len(book.worksheets) == 2 and book.worksheets[0].max_row > 60
        text = (await browser.get(f"{HERE}/table.csv")).text
        assert text.startswith("\ufeff节,行,内容") and "A22" in text
    for login in OUTSIDERS:
        async with await door.browser(login) as browser, await door.program(login) as api:
            for path in ("", "/table", "/table.csv", "/table.xlsx", "/changes/new"):
                assert (await browser.get(HERE + path)).status_code == 403, (login, path)
            for path in ("rates", "payer-table", "rule-changes"):
                assert (await api.get(f"{API}/{path}")).status_code == 403, (login, path)


@pytest.mark.obligation("38", "41")
async def test_a_change_goes_from_draft_to_approval_through_the_pages_and_the_api(door: Door, rules: World) -> None:
    async with await door.browser("yunnan.reviewer") as browser:
        empty = await browser.get(f"{HERE}/changes/new")
        assert empty.status_code == 200 and "A8 · 不向个人收费" in empty.text
        typed = {f"rates.0.{name}": value for name, value in RAISED.items()} | {
            "title": "提高标准", "effective_on": SUMMER, "rates.0.minimum_fen": "4,000",
            "rates.0.maximum_fen": "３０００", "_csrf_token": await token(browser, empty.text),
        }  # fmt: skip
        again = await browser.post(f"{HERE}/changes", data=typed)
        assert again.status_code == 422 and "上限不得小于下限" in again.text and "提高标准" in again.text
    change = (await drafted(door))["row"]["id"]
    one, page = f"{API}/rule-changes/{change}", f"{HERE}/changes/{change}"
    async with await door.program("yunnan.justice") as justice:
        assert (await justice.get(one)).json()["hindrance"].startswith("试算还没有完成")
        early = await justice.post(f"{one}/approve", headers={"If-Match": '"1"'})
        assert (early.status_code, early.json()["code"]) == (409, "not_previewed")
        await counted(rules, change)
        assert (await justice.post(f"{one}/approve", headers={"If-Match": '"1"'})).status_code == 200
        assert (await justice.patch(one, json={}, headers={"If-Match": '"1"'})).status_code in (403, 422)
    async with await door.browser("yunnan.petition") as petition:
        shown = await petition.get(page)
        assert "如果最近一年就按这样执行" in shown.text and "批准变更" in shown.text
        assert (await petition.get(f"{page}/progress")).status_code == 200
        assert (await petition.get(f"{page}/edit")).status_code == 403
        sent = {"version": "1", "_csrf_token": await token(petition, shown.text)}
        stale = await petition.post(f"{page}/approve", data=sent | {"version": "7"})
        assert stale.status_code == 412
        assert (await petition.post(f"{page}/approve", data=sent)).status_code == 303
        assert "已批准" in (await petition.get(page)).text
    async with await door.program("xgll.reviewer") as county:
        assert (await county.get(one)).status_code == 404
        coming = [rate for rate in (await county.get(f"{API}/rates")).json() if rate["valid_from"] == SUMMER]
        assert [(rate["maximum_fen"], rate["holds"]) for rate in coming] == [(600_000, False)]


async def test_a_draft_is_written_in_and_withdrawn_by_its_drafter_alone(door: Door, rules: World) -> None:
    view = await drafted(door)
    one, page = f"{API}/rule-changes/{view['row']['id']}", f"{HERE}/changes/{view['row']['id']}"
    form = {"title": "改为六千五", "effective_on": SUMMER, "rates": [RAISED | {"maximum_fen": 650_000}]}
    async with await door.program("yunnan.reviewer") as api, await door.browser("yunnan.reviewer") as browser:
        assert "提高一般案件标准" in (await browser.get(f"{page}/edit")).text
        assert (await api.patch(one, json=form, headers={"If-Match": '"9"'})).status_code == 412
        changed = await api.patch(one, json=form, headers={"If-Match": '"1"'})
        assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
        shown = await browser.get(page)
        sent = {"version": "2", "_csrf_token": await token(browser, shown.text)}
        assert (await browser.post(f"{page}/edit", data=sent)).status_code == 422
        assert (await browser.post(f"{page}/withdraw", data=sent)).status_code == 303
        gone = await api.post(f"{one}/withdraw", headers={"If-Match": '"3"'})
        assert (gone.status_code, gone.json()["code"]) == (409, "change_closed")


async def test_a_stale_preview_is_said_and_counted_again_through_the_page_and_the_api(door: Door, rules: World) -> None:
    one, other = [(await drafted(door))["row"]["id"] for _ in range(2)]
    for change in (one, other):
        await counted(rules, change)
    rules.clock.advance(seconds=60)
    for login in ("yunnan.petition", "yunnan.justice"):
        async with await door.program(login) as api:
            assert (
                await api.post(f"{API}/rule-changes/{other}/approve", headers={"If-Match": '"1"'})
            ).status_code == 200
    rules.clock.advance(seconds=60)
    page, address = f"{HERE}/changes/{one}", f"{API}/rule-changes/{one}"
    async with await door.browser("yunnan.justice") as browser:
        shown = (await browser.get(page)).text
        assert shown.count("试算之后另有变更获批") == 2 and "批准变更" not in shown
        sent = {"version": "1", "_csrf_token": await token(browser, shown)}
        assert (await browser.post(f"{page}/approve", data=sent)).status_code == 409
        assert (await browser.post(f"{page}/recount", data=sent)).status_code == 303
        assert "另有变更获批" not in (await browser.get(page)).text
    async with await door.program("yunnan.reviewer") as api:
        again = await api.post(f"{address}/recount", headers={"If-Match": '"1"'})
        assert (again.status_code, again.json()["code"]) == (409, "preview_holds")
        assert (await api.post(f"{address}/recount")).status_code == 428
    async with await door.program("xgll.reviewer") as api:
        assert (await api.post(f"{address}/recount", headers={"If-Match": '"1"'})).status_code == 404


async def token(browser: Any, page: str) -> str:
    """The hidden field of the page's form."""
    mark = 'name="_csrf_token" value="'
    start = page.index(mark) + len(mark)
    return page[start : page.index('"', start)]
