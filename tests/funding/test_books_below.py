"""Whose entries: the own books to those with a part in money; those below to an auditor alone, by every door alike."""

import pytest
from sqlalchemy import select, update

from funding.budget_lines import BudgetLine
from funding.budget_rows import BudgetRequest
from tenants.models import Post
from tests.door import Door
from tests.funding.test_reports import UNIT, booked

API = "/api/v1/funding"


@pytest.mark.obligation("50", "51")
async def test_sums_of_those_below_are_read_by_those_above_and_their_entries_by_an_auditor_alone(
    own_door: Door,
) -> None:
    world = own_door.world
    await booked(world)
    county = (await world.subject("xgll.cashier")).tenant_id
    auditor, bureau = await world.subject("xgll.auditor"), (await world.subject("diqing.reviewer")).office_id
    async with world.owner() as session:
        await session.execute(update(Post).where(Post.id == auditor.post_id).values(office_id=bureau))
        line = await session.scalar(select(BudgetLine.id).where(BudgetLine.tenant_id == county).limit(1))
        request = await session.scalar(select(BudgetRequest.id).where(BudgetRequest.tenant_id == county).limit(1))
    of_county = [
        f"{API}/ledger?tenant_id={county}",
        f"{API}/ledger/entries?tenant_id={county}",
        f"{API}/receivables?tenant_id={county}",
        f"{API}/reports/entries?figure=cost&tenant_id={county}",
        f"{API}/reports/entries?figure=cost&own=true&tenant_id={county}",
        f"{API}/reports/units?tenant_id={county}",
        f"{API}/reports/units/entries?unit={UNIT}&tenant_id={county}",
        f"{API}/budgets/lines/{line}/entries",
        *(f"{API}/budgets/requests/{one}" for one in (request,) if one),
    ]
    pages = [address.removeprefix("/api/v1").replace("tenant_id", "tenant") for address in of_county[:3:2]]
    over_all = f"{API}/reports/entries?figure=cost"
    for login, opens in (("diqing.reviewer", 404), ("yunnan.justice", 404), ("xgll.auditor", 200)):
        async with await own_door.program(login) as api, await own_door.browser(login) as browser:
            sums = (await api.get(f"{API}/reports?tenant_id={county}")).json()
            assert sums["total"]["money"]["cost"] == 720_000
            assert (sums["opens"], sums["opens_below"]) == (opens == 200, opens == 200)
            for address in of_county:
                assert (await api.get(address)).status_code == opens, (login, address)
            for page in pages:
                assert (await browser.get(page)).status_code == opens, (login, page)
            shown = (await browser.get(f"/funding/reports?tenant_id={county}")).text
            assert ("/funding/reports/entries" in shown) is (opens == 200) and "7,200.00" in shown
            assert (await api.get(over_all)).status_code == (200 if opens == 200 else 403)
            assert (await api.get(f"{over_all}&own=true")).status_code == 200
            own = (await browser.get("/funding/reports")).text
            assert "own=true" in own and ("tier=C" in own) is (opens == 200)
    async with await own_door.program("xgll.treasury") as api:
        assert len((await api.get(over_all)).json()["entries"]) == 5, "a county has no books below it"
