"""A line of the budget: earmarked, never overdrawn, however many settle at once (六(四)7, result 6 of issue 7)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from foundation.endpoints import Endpoints
from foundation.store import Store
from funding import budgets
from funding.budget_lines import BudgetLine, BudgetMovement
from funding.purposes import Ground, Purpose
from tests.world import World

YEAR = 2026
AT_ONCE = 50


async def line(world: World, login: str = "xgll.justice", purpose: Purpose = Purpose.SUBSIDY) -> BudgetLine:
    tenant = (await world.subject(login)).tenant_id
    query = select(BudgetLine).where(BudgetLine.tenant_id == tenant, BudgetLine.year == YEAR)
    async with world.owner() as session:
        return (await session.scalars(query.where(BudgetLine.purpose == purpose))).one()


async def leave(world: World, fen: int, login: str = "xgll.justice") -> None:
    """So much and no more is granted."""
    async with world.owner() as session:
        found = await session.get_one(BudgetLine, (await line(world, login)).id)
        found.fiscal_fen, found.departmental_fen = found.reserved_fen + found.spent_fen + fen, 0


async def reserve(world: World, fen: int, ground_id: UUID, store: Store | None = None, **changed: Any) -> None:
    """By the county's head of justice, from the county's line for subsidies, unless said otherwise."""
    subject = await world.subject("xgll.justice")
    asked: dict[str, Any] = {
        "tenant_id": subject.tenant_id, "year": YEAR, "purpose": Purpose.SUBSIDY, "ground": Ground.SETTLEMENT
    }  # fmt: skip
    async with (store or world.store).scoped(subject.scope) as session:
        await budgets.reserve(session, subject, fen=fen, ground_id=ground_id, **(asked | changed))


async def moved(world: World, verb: str, ground_id: UUID, fen: int | None = None) -> int:
    """spend, release or give_back of a settlement's hold."""
    async with world.as_("xgll.cashier") as (session, subject):
        done: int = await getattr(budgets, verb)(
            session, subject, ground=Ground.SETTLEMENT, ground_id=ground_id, fen=fen
        )
    return done


async def sums(world: World) -> tuple[int, int, int]:
    """Reserved, spent, left."""
    found = await line(world)
    return found.reserved_fen, found.spent_fen, found.left_fen


@pytest.mark.obligation("50")
async def test_of_fifty_that_settle_at_once_only_those_pass_for_whom_there_is_money(
    own_world: World, own_province: Endpoints
) -> None:
    """400 yuan each, 7,900 yuan granted: nineteen pass, thirty-one are refused, and not a fen too much is held."""
    await leave(own_world, 790_000)
    store = Store(own_province.app, own_world.clock, pool_size=10)
    grounds = [uuid4() for _ in range(AT_ONCE)]
    try:
        done = await asyncio.gather(
            *(reserve(own_world, 40_000, ground, store) for ground in grounds), return_exceptions=True
        )
    finally:
        await store.close()
    passed = [ground for ground, one in zip(grounds, done, strict=True) if one is None]
    assert len(passed) == 19
    assert {type(one) for one in done if one is not None} == {budgets.BudgetExceeded}
    assert await sums(own_world) == (760_000, 0, 30_000)
    await asyncio.gather(*(moved(own_world, "spend", ground) for ground in passed))
    assert await sums(own_world) == (0, 760_000, 30_000)
    query = select(BudgetMovement.kind, func.sum(BudgetMovement.fen)).where(BudgetMovement.ground == Ground.SETTLEMENT)
    async with own_world.owner() as session:
        entries = {kind: int(fen) for kind, fen in await session.execute(query.group_by(BudgetMovement.kind))}
    assert entries == {"reserved": 760_000, "spent": 760_000}


@pytest.mark.obligation("50")
async def test_what_is_held_is_spent_or_given_back_once_and_never_for_anything_else(own_world: World) -> None:
    await leave(own_world, 100_000)
    one, none = uuid4(), uuid4()
    await reserve(own_world, 60_000, one)
    refusals: list[tuple[type[Exception], dict[str, Any]]] = [
        (budgets.AlreadyReserved, {"ground_id": one}),
        (budgets.BudgetExceeded, {"fen": 40_001}),
        (budgets.OtherPurpose, {"purpose": Purpose.TRAVEL}),
        (budgets.OtherPurpose, {"ground": Ground.DUTY}),
        (budgets.NoBudget, {"year": 2019}),
        (budgets.NoBudget, {"tenant_id": (await own_world.subject("jiantang.head")).tenant_id}),
        (budgets.BudgetElsewhere, {"tenant_id": (await own_world.subject("deqin.director")).tenant_id}),
    ]
    for refusal, changed in refusals:
        with pytest.raises(refusal):
            asked: dict[str, Any] = {"fen": 1, "ground_id": none} | changed
            await reserve(own_world, **asked)
    with pytest.raises(budgets.NotReserved):
        await moved(own_world, "spend", one, 60_001)
    assert await moved(own_world, "spend", one, 20_000) == 20_000
    assert await moved(own_world, "release", one) == 40_000
    assert await moved(own_world, "give_back", one, 5_000) == 5_000
    with pytest.raises(budgets.NotReserved):
        await moved(own_world, "give_back", one, 15_001)
    assert await sums(own_world) == (0, 15_000, 85_000)
    assert [await moved(own_world, verb, none) for verb in ("spend", "release")] == [0, 0]


@pytest.mark.obligation("50")
async def test_nobody_writes_a_line_past_its_functions_and_the_database_refuses_one_overdrawn(world: World) -> None:
    async with world.as_("xgll.justice") as (session, _):
        with pytest.raises(ProgrammingError, match="permission denied"):
            await session.execute(text("update budget_lines set fiscal_fen = fiscal_fen + 1"))
    with pytest.raises(IntegrityError, match="not_overdrawn"):
        async with world.owner() as session:
            await session.execute(text("update budget_lines set spent_fen = fiscal_fen + departmental_fen + 1"))
