"""From what happened to a case to deliveries: to each system of a tenant in whose custody the case now lies.

The worker's part. A case that has moved out of a tenant's subtree tells its systems nothing any more.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from foundation.clock import SHANGHAI
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import Store, instant
from oversight.webhook_models import OF_ACT, Webhook, WebhookDelivery, WebhookState
from tenants.province import province_scope

CHANGED = "case.changed"
Payload = Mapping[str, Any]


class Interest:
    """Which events any system asks for, as this process last knew: most messages concern none of them."""

    def __init__(self) -> None:
        self.events: frozenset[str] = frozenset()

    async def refresh(self, store: Store) -> None:
        """Asked every few seconds; a system hears of what happens from then on."""
        scope = await province_scope(store)
        if scope is not None:
            async with store.scoped(scope) as session:
                found = await session.scalars(select(Webhook.events).where(Webhook.off_at.is_(None)))
                self.events = frozenset(event for events in found for event in events)

    def concerns(self, topic: str, payload: Payload) -> bool:
        return bool(self.events) and topic == CHANGED and OF_ACT.get(payload.get("act", "")) in self.events


async def prepare(store: Store, messages: Sequence[Message]) -> int:
    """How many deliveries are new. The same message makes no second one for the same system."""
    scope = await province_scope(store)
    told = {UUID(one.payload["case"]): one for one in messages if one.topic == CHANGED and one.payload["act"] in OF_ACT}
    if scope is None or not told:
        return 0
    async with store.scoped(scope) as session:
        hooks = (await session.scalars(select(Webhook).where(Webhook.off_at.is_(None)))).all()
        if not hooks:
            return 0
        cases = {case.id: case for case in await session.scalars(select(Case).where(Case.id.in_(told)))}
        rows = [
            _row(session, hook, case, message)
            for message in messages
            if message.topic == CHANGED and (case := cases.get(UUID(message.payload["case"]))) is not None
            for hook in hooks
            if OF_ACT.get(message.payload["act"]) in hook.events and _in_custody(hook, case)
        ]
        if not rows:
            return 0
        new = insert(WebhookDelivery).on_conflict_do_nothing(index_elements=["webhook_id", "event_id"])
        return len((await session.execute(new.returning(WebhookDelivery.id), rows)).all())


def _in_custody(hook: Webhook, case: Case) -> bool:
    return hook.tenant_id in (case.province_id, case.prefecture_id, case.county_id, case.township_id)


def _row(session: AsyncSession, hook: Webhook, case: Case, message: Message) -> dict[str, Any]:
    """The body is an id, a code and a moment: whoever may read the case asks the API for the rest."""
    now, event = instant(session), OF_ACT[message.payload["act"]]
    body = {"type": event.value, "timestamp": now.astimezone(SHANGHAI).isoformat(), "data": {"case": str(case.id)}}
    return {
        "id": new_id(now),
        "webhook_id": hook.id,
        "tenant_id": hook.tenant_id,
        "event_id": message.id,
        "event": event.value,
        "body": body,
        "made_at": now,
        "state": WebhookState.WAITING.value,
        "next_at": now,
        "attempts": 0,
    }
