"""Sending what is due to other systems: leased, signed, tried again later, set aside at last.

Each system has its turn, and one that does not answer keeps only itself waiting. A system that has not been reached
for days is switched off, and whoever registered it is told.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import metrics, outgoing
from foundation.few import few_at_once, never, while_time
from foundation.store import Scope, Store, instant
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from oversight.webhook_models import OffWhy, Webhook, WebhookDelivery, WebhookState
from oversight.webhook_signing import signed
from tenants.province import province_scope

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600, 600))
"""After the first failure, the second …: for a day and more; after the last of them it is set aside."""
PATIENCE = timedelta(days=3)
"""Without a single success: then the system is switched off."""
EACH = 20
"""Of one system in one run."""
BEGIN_SECONDS = 100.0
"""What has not begun by then is left to the next run."""


class _Call(Struct, frozen=True):
    url: str
    secret: str
    body: bytes


async def send_due(store: Store, networks: Collection[str] = (), leaving: Callable[[], bool] = never) -> int:
    """Called by the clock; returns how many were tried. `networks`: private ones that may be called. Once `leaving`,
    it begins no other."""
    scope = await province_scope(store)
    if scope is None:
        return 0
    async with store.scoped(scope) as session:
        found = await _due(session)
    time = while_time(BEGIN_SECONDS, leaving)
    return sum(await few_at_once(_send_all(store, scope, some, networks, time) for some in found))


async def _due(session: AsyncSession) -> Sequence[Sequence[UUID]]:
    """Of each system the first that are due; the one that has waited longest comes first."""
    waiting = (WebhookDelivery.state == WebhookState.WAITING, WebhookDelivery.next_at <= instant(session))
    turn = func.row_number().over(partition_by=WebhookDelivery.webhook_id, order_by=WebhookDelivery.next_at)
    due = select(WebhookDelivery.webhook_id, WebhookDelivery.id, WebhookDelivery.next_at, turn.label("turn"))
    ranked = due.where(*waiting).subquery()
    first = select(ranked.c.webhook_id, ranked.c.id).where(ranked.c.turn <= EACH).order_by(ranked.c.next_at)
    by_system: dict[UUID, list[UUID]] = {}
    for webhook_id, delivery_id in await session.execute(first):
        by_system.setdefault(webhook_id, []).append(delivery_id)
    return list(by_system.values())


async def _send_all(
    store: Store, scope: Scope, deliveries: Sequence[UUID], networks: Collection[str], time: Callable[[], bool]
) -> int:
    """To one system, one after the other, until it gives no answer; returns how many were tried."""
    tried = 0
    for delivery_id in deliveries:
        if not time():
            break
        async with store.scoped(scope) as session:
            call = await _lease(session, delivery_id)
        if call is None:
            continue
        tried += 1
        if not await _send(store, scope, delivery_id, call, networks):
            break
    return tried


async def _send(store: Store, scope: Scope, delivery_id: UUID, call: _Call, networks: Collection[str]) -> bool:
    """False when there was no answer at all."""
    status, error = await _called(call, delivery_id, store, networks)
    async with store.scoped(scope) as session:
        await _record(session, delivery_id, status, error)
    metrics.OUTSIDE.labels("webhook", "failed" if error else "sent").inc()
    return status is not None


async def _called(
    call: _Call, delivery_id: UUID, store: Store, networks: Collection[str]
) -> tuple[int | None, str | None]:
    """The answer's status, and what is wrong: any answer but a 2xx is."""
    headers = signed(call.secret, str(delivery_id), store.clock.now(), call.body)
    try:
        status = await outgoing.post(call.url, call.body, headers, networks)
    except outgoing.CallFailed as error:
        return None, error.code
    return status, None if 200 <= status < 300 else f"HTTP{status}"


async def _lease(session: AsyncSession, delivery_id: UUID) -> _Call | None:
    """None when another worker has it, it is not due any more, or nobody wants it."""
    now = instant(session)
    free = (
        WebhookDelivery.id == delivery_id,
        WebhookDelivery.state == WebhookState.WAITING,
        WebhookDelivery.next_at <= now,
    )
    delivery = await session.scalar(select(WebhookDelivery).where(*free).with_for_update(skip_locked=True))
    if delivery is None:
        return None
    hook = await session.get_one(Webhook, delivery.webhook_id)
    if hook.off_at is not None or delivery.attempts > len(PAUSES):  # or its worker died of it each time
        delivery.state, delivery.done_at = WebhookState.SET_ASIDE, now
        return None
    delivery.next_at, delivery.attempts = now + LEASE, delivery.attempts + 1
    return _Call(hook.url, hook.secret, msgspec.json.encode({"id": str(delivery.id), **delivery.body}))


async def _record(session: AsyncSession, delivery_id: UUID, status: int | None, error: str | None) -> None:
    now = instant(session)
    delivery = await session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
    hook = await session.get_one(Webhook, delivery.webhook_id, with_for_update=True)
    delivery.answered, delivery.last_error = status, error
    if error is None:
        delivery.state, delivery.done_at, hook.failing_since = WebhookState.DELIVERED, now, None
        return
    hook.failing_since = hook.failing_since or now
    if delivery.attempts > len(PAUSES):
        delivery.state, delivery.done_at = WebhookState.SET_ASIDE, now
    else:
        delivery.next_at = now + PAUSES[delivery.attempts - 1]
    if hook.off_at is None and now - hook.failing_since >= PATIENCE:
        hook.off_at, hook.off_why = now, OffWhy.FAILING.value
        await tell(
            session,
            NoticeKind.WEBHOOK_OFF,
            f"webhooks:{hook.id}:off:{now.isoformat()}",
            address=f"/webhooks/{hook.id}",
            persons=[hook.registered_by],
        )
