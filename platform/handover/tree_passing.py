"""What goes to a successor beside the cases: relations by record, money promised and not paid yet, documents."""

from itertools import groupby
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from oversight.document_issuing import tell_sent

PASS = text("select tree_passes(:plan, :limit)")
SETTLE = text("select tree_settles(:plan, :limit)")
PAPERS = text("select document_id, receiver from tree_papers(:plan) order by 1, 2")
MOST = 500
"""Rows of a batch: small ones, a moment."""


async def pass_relations(session: AsyncSession, plan_id: UUID) -> int:
    """Of a tenant that was merged: what it was lent, warned of, referred, may read as a former holder; how many."""
    return int(await session.scalar(PASS, {"plan": plan_id, "limit": MOST}) or 0)


async def pass_settlements(session: AsyncSession, plan_id: UUID) -> int:
    """Unpaid settlements go on in the successor's books; how many."""
    return int(await session.scalar(SETTLE, {"plan": plan_id, "limit": MOST}) or 0)


async def pass_documents(session: AsyncSession, plan_id: UUID) -> int:
    """Drafts, goals, duties and checklists of who is no more end; whoever stands under others now is sent, and told of,
    what stands issued there. All in one step: 0, there is no next."""
    sent = (await session.execute(PAPERS, {"plan": plan_id})).all()
    for document, rows in groupby(sent, lambda row: row.document_id):
        await tell_sent(session, document, [row.receiver for row in rows])
    return 0
