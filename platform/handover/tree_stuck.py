"""Cases that could not go to the successor of their office: each waits at the end, with the reason, and is tried again
by the next run; none of them keeps another waiting."""

from typing import Any
from uuid import UUID

from msgspec import json
from sqlalchemy import func, select, text

from foundation import mishaps
from foundation.database_refusals import Busy, named_refusal
from foundation.errors import DomainError
from foundation.language import N_
from foundation.store import Store
from organisation.tree_plans import TreeQueue
from tenants.subject import Subject

FAIL = text("select tree_fails(:plan, :case, cast(:why as jsonb))")
RETRY = text("select tree_retries(:plan)")
DEFECT = N_("系统出错，请告诉管理员")


def failure_of(error: Exception) -> dict[str, Any] | None:
    """What the plan's page says of it: msgid and parameters. None for what passes by itself: a server busy or lost."""
    named = error if isinstance(error, DomainError) else named_refusal(error)
    if isinstance(named, Busy):
        return None
    if named is None:
        mishaps.record(error)
        return {"message": DEFECT, "params": {}}
    return {"message": named.message, "params": {name: str(value) for name, value in named.params.items()}}


async def note_failure(store: Store, subject: Subject, plan_id: UUID, case_id: UUID, why: dict[str, Any]) -> None:
    async with store.scoped(subject.scope) as session:
        await session.execute(FAIL, {"plan": plan_id, "case": case_id, "why": json.encode(why).decode()})


async def retry_stuck(store: Store, subject: Subject, plan_id: UUID) -> None:
    """A run begins: what failed before is tried once more, after all others."""
    async with store.scoped(subject.scope) as session:
        await session.execute(RETRY, {"plan": plan_id})


async def only_stuck_left(store: Store, subject: Subject, plan_id: UUID) -> bool:
    query = select(func.count(), func.count(TreeQueue.failed_at)).where(TreeQueue.plan_id == plan_id)
    async with store.scoped(subject.scope) as session:
        left, failed = (await session.execute(query)).one()
    return bool(left == failed > 0)
