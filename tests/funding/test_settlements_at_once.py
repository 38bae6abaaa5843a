"""Whole settlements, approved and paid at the same time through the API against one line of the budget (result 6 of
issue 7). `TIAOJIE_SETTLEMENTS_AT_ONCE` lets more of them go than the few of every run."""

import asyncio
import os
from collections import Counter

import pytest
from httpx import AsyncClient, Limits, Response

from cases.models import Case
from cases.papers import Paper
from funding.budget_lines import BudgetMovement
from funding.ledger import LedgerEntry
from tests.browser.served import served
from tests.door import Door
from tests.dossiers.build import Built
from tests.funding.books import wrong
from tests.funding.build import approve, closed_case, find, propose, review, rows, settlement
from tests.funding.test_budgets_lines import leave, sums
from tests.world import World

AT_ONCE = int(os.environ.get("TIAOJIE_SETTLEMENTS_AT_ONCE", "5"))
EACH = 400_000
"""Fen: half of all points in the range of a general case."""
ENOUGH_FOR = AT_ONCE * 2 // 5


@pytest.mark.obligation("50")
async def test_of_many_settlements_at_once_only_those_pass_for_which_there_is_money(own_door: Door) -> None:
    """The second head signs all at once, the cashier pays each twice at once: nothing overdrawn, nothing half done."""
    world = own_door.world
    cases = [await signed_once(world) for _ in range(AT_ONCE)]
    await leave(world, ENOUGH_FOR * EACH + EACH - 1)
    async with served(own_door.app) as address:
        answers = await act(own_door, address, "xgll.petition", "approve-settlement", {"verdict": "agree"}, cases)
        passed = [built for built, answer in zip(cases, answers, strict=True) if answer.status_code == 200]
        refused = [(built, answer) for built, answer in zip(cases, answers, strict=True) if built not in passed]
        assert len(passed) == ENOUGH_FOR
        assert await sums(world) == (ENOUGH_FOR * EACH, 0, EACH - 1)
        for built, answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (409, "budget_exceeded"), answer.text
            await nothing_was_done(world, built)
        paid = await act(own_door, address, "xgll.cashier", "pay-settlement", {"voucher_no": "付2026-1"}, passed * 2)
    assert Counter(answer.status_code for answer in paid)[200] == ENOUGH_FOR
    assert {answer.status_code for answer in paid} <= {200, 409, 412}
    assert await sums(world) == (0, ENOUGH_FOR * EACH, EACH - 1)
    assert {(await settlement(world, built)).status for built in passed} == {"paid"}
    assert await wrong(world) == []


async def signed_once(world: World) -> Built:
    """Borne by finance; one signature is missing."""
    built = await closed_case(world)
    await find(world, built, producer="unclear")
    await propose(world, built)
    await review(world, built)
    await approve(world, built, "justice")
    return built


async def nothing_was_done(world: World, built: Built) -> None:
    stands = await settlement(world, built)
    assert (stands.status, stands.petition_by) == ("approved_justice", None)
    assert (await world.case(built.case_id)).funding_position == "approved_justice"
    assert not await rows(world, LedgerEntry, built) and not await rows(world, BudgetMovement, built)
    papers = Counter(paper.kind for paper in await rows(world, Paper, built))
    assert papers["settlement_approval"] == 1


async def act(
    door: Door, address: str, login: str, act: str, form: dict[str, str], cases: list[Built]
) -> list[Response]:
    """By one person, each over a connection of its own, with the version that it has just seen."""
    headers = {"Authorization": f"Bearer {await door.token(login)}"}
    seen: list[Case] = [await door.world.case(built.case_id) for built in cases]
    calls = [(f"/api/v1/cases/{case.id}/acts/{act}", {"If-Match": f'"{case.version}"'}) for case in seen]
    limits = Limits(max_connections=len(cases))
    async with AsyncClient(base_url=address, headers=headers, timeout=120, limits=limits) as program:
        return await asyncio.gather(*(program.post(path, json=form, headers=version) for path, version in calls))
