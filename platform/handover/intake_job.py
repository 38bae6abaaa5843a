"""What the worker does of an intake: a confirmed file comes in as the person who confirmed it; old ones are emptied."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from foundation.errors import Forbidden
from foundation.jobs import Message
from foundation.store import Scope, Store
from handover.intake import take_in
from handover.intake_models import Intake, IntakeState
from tenants.standing import acting
from tenants.subject import Subject

PURGE = text("select purge_intakes(:now)")

log = structlog.get_logger(__name__)


async def on_confirmed(store: Store, message: Message) -> None:
    """A second delivery finds the file in. A transaction rolled back leaves nothing, and the relay tries again."""
    ids = {name: UUID(message.payload[name]) for name in ("intake", "person", "post")}
    tenant_id = int(message.payload["tenant"])
    async with store.scoped(Scope(tenant_id, ids["person"])) as session:
        subject = await acting(session, ids["person"], ids["post"])
    try:
        taken = await _taken(store, subject, ids["intake"])
    except Forbidden:
        await _back(store, tenant_id, ids["intake"])
        return
    log.info("intake", intake=str(ids["intake"]), cases=taken)


async def _taken(store: Store, subject: Subject | None, intake_id: UUID) -> int:
    """As the person who confirmed it, in the post of then."""
    if subject is None:
        raise Forbidden
    async with store.scoped(subject.scope) as session:
        return await take_in(session, subject, intake_id)


async def _back(store: Store, tenant_id: int, intake_id: UUID) -> None:
    """Who confirmed it may no more: it waits for somebody who may, or for its end."""
    async with store.scoped(Scope(tenant_id, None)) as session:
        row = await session.get_one(Intake, intake_id, with_for_update=True)
        if row.state == IntakeState.CONFIRMED:
            row.state, row.confirmed_by, row.confirmed_post = IntakeState.UPLOADED.value, None, None


async def purge(connection: AsyncConnection, now: datetime) -> int:
    """Empty what is older than a day; on the relay's role."""
    return await connection.scalar(PURGE, {"now": now}) or 0
