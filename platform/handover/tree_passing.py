"""What goes to a successor beside the cases: relations by record, and money that is promised and not paid yet."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

PASS = text("select tree_passes(:plan, :limit)")
SETTLE = text("select tree_settles(:plan, :limit)")
MOST = 500
"""Rows of a batch: small ones, a moment."""


async def pass_relations(session: AsyncSession, plan_id: UUID) -> int:
    """Of a tenant that was merged: what it was lent, warned of, referred, may read as a former holder; how many."""
    return int(await session.scalar(PASS, {"plan": plan_id, "limit": MOST}) or 0)


async def pass_settlements(session: AsyncSession, plan_id: UUID) -> int:
    """Unpaid settlements go on in the successor's books; how many."""
    return int(await session.scalar(SETTLE, {"plan": plan_id, "limit": MOST}) or 0)
