"""Generous lines for the demonstration: each tenant with a fund has one for every purpose and year."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from foundation.store import instant
from funding.budget_lines import BudgetLine, BudgetMovement, MovementKind
from funding.purposes import Ground, Purpose
from tenants.models import Tenant
from tenants.tiers import Tier

FIRST_YEAR = 2024
"""The oldest of the stories that the demonstration is filled with began in it."""
GENEROUS = {
    Purpose.SUBSIDY: (300_000_000, 200_000_000),
    Purpose.FEES: (60_000_000, 40_000_000),
    Purpose.TRAVEL: (60_000_000, 40_000_000),
    Purpose.DUTY: (120_000_000, 80_000_000),
}
"""In fen: in the fiscal budget, and in the justice organ's own."""


async def allot_everywhere(session: AsyncSession, last_year: int) -> None:
    """As if each had been granted, up to that year. An owner's session; the tree must stand; townships have no fund."""
    funded = list(await session.scalars(select(Tenant.id).where(Tenant.tier != Tier.TOWNSHIP).order_by(Tenant.id)))
    years = range(FIRST_YEAR, last_year + 1)
    lines = [_line(session, tenant, year, purpose) for tenant in funded for year in years for purpose in Purpose]
    await session.execute(insert(BudgetLine), lines)
    await session.execute(insert(BudgetMovement), [grant for line in lines for grant in _grants(session, line)])


def _line(session: AsyncSession, tenant: int, year: int, purpose: Purpose) -> dict[str, Any]:
    fiscal, departmental = GENEROUS[purpose]
    now = instant(session)
    return {
        "id": new_id(now),
        "tenant_id": tenant,
        "year": year,
        "purpose": purpose.value,
        "fiscal_fen": fiscal,
        "departmental_fen": departmental,
        "carried_fen": 0,
        "reserved_fen": 0,
        "spent_fen": 0,
        "recorded_at": now,
    }


def _grants(session: AsyncSession, line: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry for each place; the line itself stands for the request that there never was."""
    now = instant(session)
    return [
        {
            "id": new_id(now),
            "line_id": line["id"],
            "tenant_id": line["tenant_id"],
            "kind": MovementKind.GRANTED.value,
            "place": place,
            "fen": line[f"{place}_fen"],
            "ground": Ground.BUDGET.value,
            "ground_id": line["id"],
            "recorded_at": now,
        }
        for place in ("fiscal", "departmental")
    ]
