"""The joint request, the treasury's answer, the close of a year: by whom, in which order, what the lines say then."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from funding.budget_close import close_year
from funding.budget_forms import CloseForm
from funding.budget_lines import BudgetLine, BudgetMovement
from funding.budget_reading import year_budget
from funding.budgets import YearClosed
from funding.ledger import LedgerEntry
from funding.purposes import Purpose
from tests.door import Door
from tests.funding.test_budgets_lines import moved, reserve
from tests.world import World

BUDGETS = "/api/v1/funding/budgets"
ASKED = {
    "year": 2026,
    "reason": "按上年实际支出安排",
    "items": [
        {"purpose": "subsidy", "fiscal_fen": 20_000_000, "departmental_fen": 10_000_000},
        {
            "purpose": "travel",
            "fiscal_fen": 500_000,
            "departmental_fen": 0,
            "reason": "上年没有出差，今年两起案件须赴外省",
        },
    ],
}


async def spent_last_year(world: World) -> None:
    """In 2025 300,000 yuan went to subsidies; of 2026 and later there is no budget yet."""
    tenant = (await world.subject("xgll.justice")).tenant_id
    later = select(BudgetLine.id).where(BudgetLine.tenant_id == tenant, BudgetLine.year >= 2026)
    async with world.owner() as session:
        await session.execute(delete(BudgetMovement).where(BudgetMovement.line_id.in_(later)))
        await session.execute(delete(BudgetLine).where(BudgetLine.id.in_(later)))
        subsidy = (BudgetLine.tenant_id == tenant, BudgetLine.year == 2025, BudgetLine.purpose == Purpose.SUBSIDY)
        await session.execute(update(BudgetLine).where(*subsidy).values(spent_fen=30_000_000))


async def sent(door: Door, login: str, path: str, **form: Any) -> tuple[int, dict[str, Any]]:
    async with await door.program(login) as client:
        answer = await client.post(BUDGETS + path, json=form, headers={"Idempotency-Key": uuid4().hex})
        told: dict[str, Any] = answer.json()
        return answer.status_code, told


async def read(door: Door, login: str, path: str = "", **asked: Any) -> Any:
    async with await door.program(login) as client:
        answer = await client.get(BUDGETS + path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


def rules(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(error["field"], error["rule"]) for error in told["errors"]}


@pytest.mark.obligation("40", "50", "50a")
async def test_both_heads_ask_from_last_years_spending_and_the_treasury_grants_it_into_the_lines(
    own_door: Door,
) -> None:
    world = own_door.world
    await spent_last_year(world)
    proposal = await read(own_door, "xgll.petition", "/proposal", year=2026)
    assert [(one["purpose"], one["fiscal_fen"] + one["departmental_fen"]) for one in proposal] == [
        ("subsidy", 30_000_000)
    ]
    more = ASKED | {"items": [{"purpose": "subsidy", "fiscal_fen": 30_000_001, "departmental_fen": 0}]}
    status, told = await sent(own_door, "xgll.justice", "/requests", **more)
    assert (status, rules(told)) == (422, {("items.0.reason", "required")})
    status, made = await sent(own_door, "xgll.justice", "/requests", **ASKED)
    assert (status, made["kind"], made["status"]) == (201, "later", "open"), made
    one = f"/requests/{made['id']}"
    assert (await sent(own_door, "xgll.petition", "/requests", **ASKED))[1]["code"] == "request_pending"
    reply = {"answer": "approve", "document_no": "香财行〔2026〕3号"}
    assert (await sent(own_door, "xgll.treasury", one + "/reply", **reply))[1]["code"] == "request_decided"
    assert (await sent(own_door, "xgll.justice", one + "/sign"))[1]["status"] == "open"
    assert (await sent(own_door, "xgll.justice", one + "/sign"))[1]["code"] == "side_signed"
    assert (await sent(own_door, "xgll.petition", one + "/sign"))[1]["status"] == "submitted"
    beyond = {"grants": [{"purpose": "travel", "fiscal_fen": 500_001, "departmental_fen": 0}]}
    assert rules((await sent(own_door, "xgll.treasury", one + "/reply", **reply, **beyond))[1]) == {
        ("grants.0.fiscal_fen", "too_large")
    }
    less = {"grants": [{"purpose": "travel", "fiscal_fen": 400_000, "departmental_fen": 0}]}
    status, granted = await sent(own_door, "xgll.treasury", one + "/reply", **reply, **less)
    assert (status, granted["status"], granted["may"]) == (200, "approved", []), granted
    view = await read(own_door, "xgll.auditor", year=2026)
    figures = {line["purpose"]: line["figures"] for line in view["lines"]}
    assert {name: (row["fiscal_fen"], row["departmental_fen"], row["left_fen"]) for name, row in figures.items()} == {
        "subsidy": (20_000_000, 10_000_000, 30_000_000), "travel": (400_000, 0, 400_000)
    }  # fmt: skip
    subsidy = next(line["id"] for line in view["lines"] if line["purpose"] == "subsidy")
    entries = (await read(own_door, "xgll.treasury", f"/lines/{subsidy}/entries"))["entries"]
    assert {(entry["place"], entry["fen"], entry["ground_id"]) for entry in entries} == {
        ("fiscal", 20_000_000, made["id"]), ("departmental", 10_000_000, made["id"])
    }  # fmt: skip
    async with world.owner() as session:
        booked = select(LedgerEntry.purpose, LedgerEntry.credit_fen).where(LedgerEntry.account == "budget")
        assert dict((await session.execute(booked)).all()) == {"subsidy": 30_000_000, "travel": 400_000}


@pytest.mark.obligation("50")
async def test_treasury_and_auditor_read_and_do_nothing_else_and_strangers_not_even_that(own_door: Door) -> None:
    close, setting = {"year": 2025}, {"carry_over": True, "valid_from": "2026-03-02", "document_no": "香财〔2026〕1号"}
    for login in ("xgll.treasury", "xgll.auditor", "xgll.cashier", "xgll.director"):
        for path, form in (("/requests", ASKED), ("/close", close), ("/settings", setting | {"reason": "结转"})):
            assert (await sent(own_door, login, path, **form))[0] == 403, (login, path)
    assert (await read(own_door, "xgll.treasury", year=2026))["lines"]
    totals = await read(own_door, "diqing.supervisor", year=2026)
    assert totals["below"] and {line["id"] for line in totals["lines"]} == {None}
    async with await own_door.program("xgll.handler") as client:
        assert (await client.get(BUDGETS)).status_code == 403
    async with await own_door.program("xgll.auditor") as client:
        above = (await own_door.world.subject("diqing.supervisor")).tenant_id
        assert (await client.get(BUDGETS, params={"tenant_id": above})).status_code == 404


@pytest.mark.obligation("50a")
async def test_what_is_held_goes_on_into_the_next_year_and_what_is_left_only_by_setting(own_door: Door) -> None:
    world = own_door.world
    one = uuid4()
    await reserve(world, 700_000, one, year=2025)
    before = {line["purpose"]: line["figures"] for line in (await read(own_door, "xgll.justice", year=2026))["lines"]}
    assert (await sent(own_door, "xgll.justice", "/close", year=2026))[1]["code"] == "year_running"
    assert (await sent(own_door, "xgll.justice", "/close", year=2025))[1] == {"year": 2025, "carried": False}
    assert (await sent(own_door, "xgll.justice", "/close", year=2025))[1]["code"] == "nothing_to_close"
    after = {line["purpose"]: line["figures"] for line in (await read(own_door, "xgll.justice", year=2026))["lines"]}
    assert after["subsidy"] == before["subsidy"] | {
        "reserved_fen": 700_000, "left_fen": before["subsidy"]["left_fen"] - 700_000
    }  # fmt: skip
    assert {name: row for name, row in after.items() if name != "subsidy"} == {
        name: row for name, row in before.items() if name != "subsidy"
    }
    with pytest.raises(YearClosed):
        await reserve(world, 1, uuid4(), year=2025)
    assert await moved(world, "spend", one) == 700_000
    setting = {"carry_over": True, "valid_from": "2026-03-02", "document_no": "香财〔2026〕1号", "reason": "办法规定"}
    assert (await sent(own_door, "xgll.petition", "/settings", **setting))[0] == 201
    world.clock.advance(days=400)
    async with world.as_("xgll.petition") as (session, subject):
        assert await close_year(session, subject, CloseForm(year=2026))
        ended = {line.purpose: line.figures for line in (await year_budget(session, subject, year=2027)).lines}
    assert ended[Purpose.SUBSIDY].carried_fen == after["subsidy"]["total_fen"] - 700_000
