"""The books and the receivables as pages and API: every figure opens its entries, and nobody's dispute shows."""

import re

import pytest

from tests.door import Door
from tests.funding.books import bill
from tests.funding.build import approved, closed_case, pay
from tests.world import World

LEDGER, RECEIVABLES = "/funding/ledger", "/funding/receivables"


@pytest.mark.obligation("51")
async def test_every_figure_of_the_books_opens_its_entries_and_shows_no_party(door: Door) -> None:
    world, built = door.world, await closed_case(door.world)
    await approved(world, built)
    await pay(world, built)
    sent, case = await bill(world, built), await world.case(built.case_id)
    async with await door.program("xgll.cashier") as program, await door.browser("xgll.cashier") as browser:
        asked = {"number": case.registration_no}
        books = (await program.get(f"/api/v1{LEDGER}", params=asked)).json()
        for one in books["balances"]:
            found = await program.get(f"/api/v1{LEDGER}/entries", params=asked | {"account": one["account"]})
            entries = found.json()["entries"]
            told = [sum(entry[side] for entry in entries) for side in ("debit_fen", "credit_fen")]
            assert told == [one["debit_fen"], one["credit_fen"]] and found.json()["after"] is None
            assert {entry["case_no"] for entry in entries} == {case.case_no}
        assert {one["account"]: one["balance_fen"] for one in books["balances"]} == {
            "receivable": 400_000, "subsidy": 0, "cash": -400_000, "committed": 0, "commitments": 0,
        }  # fmt: skip
        page = (await browser.get(LEDGER, params=asked)).text
        figures = re.findall(r'<a href="(/funding/ledger[^"]*account=receivable[^"]*)">4,000.00</a>', page)
        assert figures and "4,000.00" in (await browser.get(figures[0].replace("&amp;", "&"))).text
        owed = (await browser.get(RECEIVABLES)).text
        assert sent.bill_no in owed and "云岭路桥建设有限公司" in owed and f"source=bills%3A{sent.id}" in owed
        listed = (await program.get(f"/api/v1{RECEIVABLES}")).json()["bills"]
        assert [one["owed_fen"] for one in listed if one["id"] == str(sent.id)] == [400_000]
        shown = (await browser.get(f"/cases/{built.case_id}")).text
        assert f"{sent.bill_no} · 云岭路桥建设有限公司 · 4,000.00 元 · 待付" in shown
        (told,) = (await program.get(f"/api/v1/cases/{built.case_id}/money")).json()["bills"]
        assert (told["bill_no"], told["owed_fen"]) == (sent.bill_no, 400_000)
        for name in ("和春生", "墙体", "xgll.mediator"):
            assert name not in page and name not in owed


async def test_books_are_read_by_those_of_the_fund_and_a_neighbours_by_nobody(door: Door, world: World) -> None:
    neighbour = (await world.subject("diqing.reviewer")).tenant_id
    async with await door.browser("xgll.cashier") as browser:
        for address in (LEDGER, RECEIVABLES):
            assert (await browser.get(address, params={"tenant": neighbour})).status_code == 404
        assert (await browser.get(LEDGER, params={"year": "２０２６年"})).status_code == 422
        assert "没有分录" in (await browser.get(LEDGER, params={"number": "没有这个号"})).text
    async with await door.program("xgll.handler") as program:
        for address in (LEDGER, f"{LEDGER}/entries", RECEIVABLES):
            assert (await program.get(f"/api/v1{address}")).status_code == 403
    async with await door.browser("xgll.handler") as browser:
        for address in (LEDGER, RECEIVABLES):
            assert (await browser.get(address)).status_code == 403
