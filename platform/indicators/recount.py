"""Whether the counters say what the cases say: counted anew, compared, and set right.

In an owner's session, or in the province's scope, which sees every case.
"""

from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.model import Base
from handover.models import PassedCount
from indicators.acceptances import AcceptanceCount
from indicators.goal_counts import GoalCount, GoalMark
from indicators.models import DueCount, PlaceCount, TenantCount
from indicators.suitable import SuitableCount
from oversight.order_counts import OrderCount

HOLDER = "coalesce(township_id, county_id, prefecture_id, province_id)"
COUNTED: dict[type[Base], tuple[str, str]] = {
    TenantCount: (f"select {HOLDER} as tenant_id, state, case_ending(outcome) as ending", ""),
    DueCount: (
        f"select {HOLDER} as tenant_id, case_due_on(due_at) as due_on",
        "where due_at is not null and state not in ('refused', 'closed', 'archived')",
    ),
    PlaceCount: ("select place_id, dispute_type, case_ending(outcome) as ending", ""),
    SuitableCount: (
        f"select {HOLDER} as tenant_id, case_month(accepted_at) as accepted_month, suitable_ending(outcome) as ending",
        "where accepted_at is not null",
    ),
    AcceptanceCount: (
        f"select case_accepted_by(id, accepted_at, {HOLDER}) as tenant_id, case_month(accepted_at) as accepted_month,"
        " suitable_ending(outcome) as ending",
        "where accepted_at is not null",
    ),
}
READY: dict[type[Base], str] = {
    GoalCount: "select tenant_id, accepted_month, measure, count(*)::int as cases from goal_truths group by 1, 2, 3",
    PassedCount: "select tenant_id, month, direction, reason, outcome, count(*)::int as cases, sum(days)::int as days"
    " from (select tenant_id, month, direction, reason, outcome, days from passed_offers"
    " union all select tenant_id, month, direction, reason, outcome, days from passed_namings"
    " union all select tenant_id, month, direction, reason, outcome, days from passed_loops) decided"
    " group by 1, 2, 3, 4, 5",
    OrderCount: "select tenant_id, kind, standing, count(*)::int as cases from supervision_orders o"
    " cross join lateral unnest(array[o.province_id, o.prefecture_id, o.county_id, o.township_id]) tenant_id"
    " cross join lateral (values (o.state, true), ('overdue', o.state = 'open' and o.overdue_at is not null))"
    " s (standing, counts) where tenant_id is not null and counts group by 1, 2, 3",
}
ALL = (*COUNTED, *READY)
ADD_NOW = text("set constraints count_now immediate")
"""What this transaction itself has still to add."""
MARK_ANEW = text(
    "insert into goal_marks (case_id, measure, tenant_id, accepted_month)"
    " select case_id, measure, tenant_id, accepted_month from goal_truths"
)


class Difference(Struct, frozen=True):
    """One counter that is wrong; `key` in the order of its primary key."""

    table: str
    key: tuple[Any, ...]
    stored: int
    counted: int


async def recount(session: AsyncSession) -> list[Difference]:
    """Every counter that differs from the cases; none if all is well."""
    await session.execute(ADD_NOW)
    return [difference for model in ALL for difference in await _differences(session, model)]


async def repair(session: AsyncSession) -> None:
    """Count anew from nothing. An owner's session; registering waits until it has committed."""
    await session.execute(text("lock table cases, supervision_orders in share mode"))
    await session.execute(ADD_NOW)
    await session.execute(delete(GoalMark))
    await session.execute(MARK_ANEW)
    for model in ALL:
        await session.execute(delete(model))
        rows = [dict(row) for row in (await session.execute(text(_counted(model)))).mappings()]
        if rows:
            await session.execute(insert(model), rows)


async def _differences(session: AsyncSession, model: type[Base]) -> list[Difference]:
    keys = [column.name for column in model.__table__.primary_key]
    table = model.__tablename__
    query = text(
        f"select {', '.join(keys)}, coalesce(stored.cases, 0), coalesce(counted.cases, 0)"
        f" from {table} stored full join ({_counted(model)}) counted using ({', '.join(keys)})"
        " where coalesce(stored.cases, 0) <> coalesce(counted.cases, 0) order by 1, 2"
    )
    return [Difference(table, tuple(key), stored, counted) for *key, stored, counted in await session.execute(query)]


def _counted(model: type[Base]) -> str:
    if model in READY:
        return READY[model]
    select, where = COUNTED[model]
    numbers = ", ".join(str(number) for number, _ in enumerate(model.__table__.primary_key, 1))
    return f"{select}, count(*)::int as cases from cases {where} group by {numbers}"
