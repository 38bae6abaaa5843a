"""Generous lines for the demonstration: each tenant with a fund has one for every purpose and year."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from funding.budget_lines import BudgetLine, BudgetMovement, MovementKind
from funding.purposes import Ground, Purpose
from organisation.staffing import SINCE
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
    """As if granted when the demonstration's people began, up to that year; townships have no fund.

    An owner's session; the tree must stand.
    """
    funded = list(await session.scalars(select(Tenant.id).where(Tenant.tier != Tier.TOWNSHIP).order_by(Tenant.id)))
    years = range(FIRST_YEAR, last_year + 1)
    lines = [_line(tenant, year, purpose) for tenant in funded for year in years for purpose in Purpose]
    await session.execute(insert(BudgetLine), lines)
    await session.execute(insert(BudgetMovement), [grant for line in lines for grant in _grants(line)])


def _line(tenant: int, year: int, purpose: Purpose) -> dict[str, Any]:
    fiscal, departmental = GENEROUS[purpose]
    return {
        "id": new_id(SINCE),
        "tenant_id": tenant,
        "year": year,
        "purpose": purpose.value,
        "fiscal_fen": fiscal,
        "departmental_fen": departmental,
        "carried_fen": 0,
        "reserved_fen": 0,
        "spent_fen": 0,
        "recorded_at": SINCE,
    }


def _grants(line: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry for each place; the line itself stands for the request that there never was."""
    return [
        {
            "id": new_id(SINCE),
            "line_id": line["id"],
            "tenant_id": line["tenant_id"],
            "kind": MovementKind.GRANTED.value,
            "place": place,
            "fen": line[f"{place}_fen"],
            "ground": Ground.BUDGET.value,
            "ground_id": line["id"],
            "recorded_at": SINCE,
        }
        for place in ("fiscal", "departmental")
    ]
