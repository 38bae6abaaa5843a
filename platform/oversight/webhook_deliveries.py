"""What went to another system: a page of deliveries, without what they said; and sending one of them again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import Conflict, NotFound
from foundation.language import N_
from foundation.store import instant
from oversight.paging import no_page, seen
from oversight.webhook_models import Webhook, WebhookDelivery, WebhookEvent, WebhookState
from oversight.webhooks import require_administrator, webhook
from policies.actions import Action
from tenants.subject import Subject

PAGE = 50


class WebhookIsOff(Conflict):
    code = "webhook_is_off"
    message = N_("推送已停用，请先启用")


class DeliveryView(Struct, frozen=True):
    """An administrator sees no case: the body, which names one, is not here."""

    id: UUID
    event: WebhookEvent
    state: WebhookState
    made_at: datetime
    attempts: int
    answered: int | None
    last_error: str | None
    next_at: datetime | None
    """Of one that waits."""
    done_at: datetime | None


class DeliveryPage(Struct, frozen=True):
    """`after`: what to ask the next page with; None = this was the last."""

    rows: Sequence[DeliveryView]
    after: UUID | None


async def deliveries(
    session: AsyncSession, subject: Subject, webhook_id: UUID, after: UUID | None = None
) -> DeliveryPage:
    """The newest first. Raises NotFound; InvalidInput at `after` for what is no delivery of this webhook."""
    await webhook(session, subject, webhook_id)
    if after is not None and (await seen(session, WebhookDelivery, after)).webhook_id != webhook_id:
        raise no_page()
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    older = query.where(WebhookDelivery.id < after) if after else query
    rows = (await session.scalars(older.order_by(WebhookDelivery.id.desc()).limit(PAGE + 1))).all()
    shown = [_view(row) for row in rows[:PAGE]]
    return DeliveryPage(shown, shown[-1].id if len(rows) > PAGE else None)


async def send_again(session: AsyncSession, subject: Subject, webhook_id: UUID, delivery_id: UUID) -> None:
    """Under the same id: the other system knows what it has had. Raises NotFound, WebhookIsOff."""
    require_administrator(subject)
    hook = await session.get(Webhook, webhook_id)
    row = await session.get(WebhookDelivery, delivery_id, with_for_update=True)
    if hook is None or row is None or row.webhook_id != webhook_id:
        raise NotFound
    if hook.off_at is not None:
        raise WebhookIsOff
    row.state, row.attempts, row.next_at, row.done_at = WebhookState.WAITING.value, 0, instant(session), None
    await session.flush()
    detail = {"webhook": "again", "delivery": str(delivery_id)}
    entry = audit.Entry(subject.actor, subject.post_id, Action.TENANT_MANAGE, "webhook", str(hook.id), detail=detail)
    await audit.append(session, entry, hook.tenant_id, *([subject.tenant_id] if subject.tenant_id is not None else []))


def _view(row: WebhookDelivery) -> DeliveryView:
    state = WebhookState(row.state)
    return DeliveryView(
        id=row.id,
        event=WebhookEvent(row.event),
        state=state,
        made_at=row.made_at,
        attempts=row.attempts,
        answered=row.answered,
        last_error=row.last_error,
        next_at=row.next_at if state is WebhookState.WAITING else None,
        done_at=row.done_at,
    )
