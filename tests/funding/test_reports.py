"""Reports of money: what was booked is summed by tenant, tier, month, class and payer; each figure opens its entries.

They read counters, never the books or the cases."""

from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text

from cases.models import Case
from funding import ledger, reversals
from funding.ledger import Account, Booking
from funding.money_recount import recount_money, repair_money
from funding.purposes import Ground, Purpose
from funding.report_columns import Figure
from funding.report_entries import Asked, entries_behind
from funding.reports import report
from funding.reversals import Reason
from tests.cases.build import registered
from tests.door import Door
from tests.statements import recorded
from tests.world import World

REPORTS = "/api/v1/funding/reports"
UNIT = "云岭路桥建设有限公司"


async def booked(world: World) -> None:
    """A subsidy that a unit owes and has half paid, one that finance bears, one taken back, and a day of duty."""
    walk = await registered(world, persons=1)
    async with world.owner() as session:
        (await session.get_one(Case, walk.case_id)).case_class = "general"
    async with world.as_("xgll.cashier") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        assert subject.tenant_id is not None

        def booking(debit: Account, credit: Account, fen: int, **more: Any) -> Booking:
            given: dict[str, Any] = {
                "case": case, "purpose": Purpose.SUBSIDY, "ground": Ground.SETTLEMENT, "tenant_id": subject.tenant_id,
                "source": "settlement_shares:test",
            }  # fmt: skip
            return Booking(debit=debit, credit=credit, amount_fen=fen, **(given | more))

        unit = {"payer": "producer", "payer_name": UNIT}
        made = await ledger.post(
            session,
            subject,
            [
                booking(Account.SUBSIDY, Account.CASH, 400_000),
                booking(Account.SUBSIDY, Account.CASH, 300_000),
                booking(Account.SUBSIDY, Account.CASH, 100_000),
                booking(Account.RECEIVABLE, Account.SUBSIDY, 400_000, **unit),
                booking(Account.CASH, Account.RECEIVABLE, 150_000, **unit),
                booking(Account.DUTY, Account.CASH, 20_000, case=None, purpose=Purpose.DUTY, ground=Ground.DUTY),
            ],
        )
        await reversals.reverse(session, subject, made[2], Reason.OFFICIAL)


@pytest.mark.obligation("51")
async def test_what_is_booked_is_summed_every_way_and_each_figure_opens_its_entries(own_door: Door) -> None:
    world = own_door.world
    await booked(world)
    async with await own_door.program("xgll.auditor") as client:
        told = (await client.get(REPORTS, params={"period": "２０２６－０３"})).json()
        wanted = {
            "subsidy": 700_000, "fee": 0, "travel": 0, "duty": 20_000, "cost": 720_000, "borne": 320_000,
            "charged": 400_000, "received": 150_000, "outstanding": 250_000,
        }  # fmt: skip
        assert told["total"]["money"] == told["tenants"][0]["money"] == wanted
        assert {row["key"]: row["money"]["cost"] for row in told["classes"]} == {"": 20_000, "general": 700_000}
        assert {row["key"]: row["money"]["cost"] for row in told["tiers"]} == {"C": 720_000}
        assert [(row["key"], row["money"]["charged"]) for row in told["payers"]] == [("producer", 400_000)]
        for figure, fen in wanted.items():
            behind = (await client.get(REPORTS + "/entries", params={"figure": figure, "period": "2026"})).json()
            assert sum(entry["fen"] for entry in behind["entries"]) == fen, figure
        owing = (await client.get(REPORTS + "/units")).json()["units"]
        assert owing == [{"name": UNIT, "charged_fen": 400_000, "received_fen": 150_000, "outstanding_fen": 250_000}]
        of_unit = (await client.get(REPORTS + "/units/entries", params={"unit": UNIT})).json()["entries"]
        assert sorted(entry["fen"] for entry in of_unit) == [-150_000, 400_000]
        assert (await client.get(REPORTS, params={"period": "2026-13"})).status_code == 422
        files = {form: (await client.get(f"{REPORTS}.{form}")).content for form in ("xlsx", "pdf")}
        assert {form: content[:4] for form, content in files.items()} == {"xlsx": b"PK\x03\x04", "pdf": b"%PDF"}
    above = await _report(own_door, "diqing.supervisor")
    assert above["total"]["money"]["cost"] == 720_000 and not above["opens"]
    async with await own_door.program("diqing.supervisor") as client:
        assert (await client.get(REPORTS + "/entries", params={"figure": "cost"})).status_code == 403
    async with await own_door.program("xgll.handler") as client:
        assert (await client.get(REPORTS)).status_code == 403
    async with world.owner() as session:
        assert await recount_money(session) == []
        await session.execute(text("update money_counts set debit_fen = debit_fen + 1 where account = 'duty'"))
        assert {one.table for one in await recount_money(session)} == {"money_counts"}
        await repair_money(session)
        assert await recount_money(session) == []


async def test_the_page_the_workbook_and_the_print_show_the_same_and_their_links_lead_on(own_door: Door) -> None:
    await booked(own_door.world)
    async with await own_door.browser("xgll.reviewer") as browser:
        page = (await browser.get("/funding/reports?period=2026")).text
        assert "7,200.00" in page and UNIT not in page
        links = {part.split('"')[0].replace("&amp;", "&") for part in page.split('href="')[1:]}
        behind = [one for one in links if one.startswith(("/funding/reports/", "/funding/budgets"))]
        assert len(behind) > 20
        for address in [*behind, "/funding", f"/funding/reports/units/entries?unit={UNIT}"]:
            assert (await browser.get(address)).status_code == 200, address
        book = load_workbook(BytesIO((await browser.get("/funding/reports.xlsx?period=2026")).content))
        assert [sheet.title for sheet in book][:2] == ["按辖区", "按层级"]
        assert 7200.0 in [cell.value for row in book["按辖区"] for cell in row]
        assert "可能暂为负数" in str([cell.value for row in book["报表说明"] for cell in row])
        printed = PdfReader(BytesIO((await browser.get("/funding/reports.pdf?period=2026")).content))
        pages = "".join(sheet.extract_text() for sheet in printed.pages)
        assert "7,200.00" in pages and "可能暂为负数" in pages.replace("\n", "")
        assert (await browser.get("/funding/reports/entries?figure=nothing")).status_code == 422
        wrong = await browser.get("/funding/reports?period=2026-Q5")
        assert wrong.status_code == 422 and "请写年、季度或者月份" in wrong.text and "没有这一页" not in wrong.text
    async with await own_door.program("xgll.reviewer", language="en") as program:
        english = load_workbook(BytesIO((await program.get(REPORTS + ".xlsx?period=2026")).content))
        assert "may be negative" in str([cell.value for row in english["Notes"] for cell in row])
    assert dict(parse_qsl(next(one for one in behind if "own=true" in one).split("?")[1]))["period"] == "2026"


async def test_a_report_reads_counters_alone_and_pages_of_entries_meet_end_to_end(own_world: World) -> None:
    """Whatever lies in the books: no statement of a report names them or the cases."""
    for _ in range(3):
        await booked(own_world)
        own_world.clock.advance(seconds=60 * 60 * 24 * 31)
    async with own_world.as_("xgll.justice") as (session, subject):
        with recorded(own_world.store) as statements:
            view = await report(session, subject)
        assert not [one for one in statements if "ledger_entries" in one or "from cases" in one.lower()]
        assert view.total.money[Figure.SUBSIDY] == 3 * 700_000
        whole = await entries_behind(session, subject, Asked(figure=Figure.BORNE))
        seen = [entry.id for entry in whole.entries]
        assert len(seen) == len(set(seen)) == 3 * 6
        for entry, following in zip(whole.entries, whole.entries[1:], strict=False):
            assert entry.recorded_at >= following.recorded_at
            rest = await entries_behind(session, subject, Asked(figure=Figure.BORNE, after=entry.id))
            assert rest.entries[0].id == following.id


async def _report(door: Door, login: str) -> Any:
    async with await door.program(login) as client:
        return (await client.get(REPORTS)).json()
