"""Budgets on pages: the way in by right, a request from proposal to reply, setting and close; refusals keep all."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.door import Door
from tests.funding.test_budgets_requests import spent_last_year

HERE = "/funding/budgets"
TYPED = {
    "year": "2026",
    "items.0.purpose": "subsidy",
    "items.0.fiscal_fen": "100,000",
    "items.0.departmental_fen": "200,000.00",
    "reason": "按上年实际支出安排",
}


async def hidden(browser: AsyncClient, address: str) -> dict[str, str]:
    page = (await browser.get(address)).text
    names = ("_csrf_token", "idempotency_key")
    return {
        name: page.split(f'name="{name}" value="')[1].split('"')[0]
        for name in names
        if f'name="{name}" value="' in page
    }


async def pressed(door: Door, login: str, page: str, deed: str, **typed: str) -> Any:
    async with await door.browser(login) as browser:
        return await browser.post(deed, data={**await hidden(browser, page), **typed})


@pytest.mark.obligation("40", "50", "50a")
async def test_a_request_goes_through_the_pages_from_last_years_spending_to_the_lines(own_door: Door) -> None:
    await spent_last_year(own_door.world)
    new = f"{HERE}/requests/new?year=2026"
    async with await own_door.browser("xgll.justice") as browser:
        assert "/funding/budgets" in (await browser.get("/funding")).text
        proposed = (await browser.get(new)).text
        assert "300,000.00" in proposed or ("100,000.00" in proposed and "200,000.00" in proposed)
    refused = await pressed(own_door, "xgll.justice", new, HERE + "/requests", **TYPED | {"items.0.fiscal_fen": "1"})
    assert refused.status_code == 422 and "须说明理由" in refused.text and "200,000.00" in refused.text
    made = await pressed(own_door, "xgll.justice", new, HERE + "/requests", **TYPED)
    assert made.status_code == 303, made.text
    one = made.headers["location"]
    for login in ("xgll.justice", "xgll.petition"):
        assert (await pressed(own_door, login, one, one + "/sign")).status_code == 303
    less = {"answer": "refuse", "document_no": "香财行〔2026〕4号"}
    assert "不予批复须说明理由" in (await pressed(own_door, "xgll.treasury", one, one + "/reply", **less)).text
    granted = {"answer": "approve", "document_no": "香财行〔2026〕4号"}
    assert (await pressed(own_door, "xgll.treasury", one, one + "/reply", **granted)).status_code == 303
    async with await own_door.browser("xgll.auditor") as browser:
        budget = (await browser.get(HERE + "?year=2026")).text
        assert "香财行" not in budget and "100,000.00" in budget and "联合申请预算" not in budget
        line = budget.split('href="/funding/budgets/lines/')[1].split('"')[0].split("?")[0]
        assert "核定" in (await browser.get(f"{HERE}/lines/{line}?kind=granted")).text
        assert "会签同意" not in (await browser.get(one)).text
    assert (await pressed(own_door, "xgll.justice", HERE, one + "/withdraw")).status_code == 409


@pytest.mark.obligation("50a")
async def test_carry_over_is_set_and_a_year_closed_on_their_pages_by_the_heads_alone(own_door: Door) -> None:
    setting = {"carry_over": "true", "valid_from": "2026-03-02", "document_no": "香财〔2026〕1号", "reason": "办法规定"}
    kept = await pressed(own_door, "xgll.petition", HERE + "/settings", HERE + "/settings", **setting)
    assert kept.status_code == 303
    closed = await pressed(own_door, "xgll.petition", HERE + "?year=2025", HERE + "/close", year="2025")
    assert closed.status_code == 303
    async with await own_door.browser("xgll.reviewer") as browser:
        assert "已关账" in (await browser.get(HERE + "?year=2025")).text
        assert "香财〔2026〕1号" in (await browser.get(HERE)).text
        assert (await browser.get(HERE + "/settings")).status_code == 403
        assert "请填写数字" in (await browser.get(HERE + "?year=x")).text
        assert "已关账" in (await browser.get(HERE + "?year=２０２５")).text
        beyond = await browser.get(HERE + "?year=1999")
        assert beyond.status_code == 422 and "2000 至 2199" in beyond.text
    async with await own_door.browser("xgll.handler") as browser:
        assert (await browser.get(HERE)).status_code == 403
