"""Sending what is due, and trying again: leased before the carrier is asked, so that no two workers send the same.

Between the carrier's yes and our own record a crash may fall: then it is sent again under the same mark
(decision 0054).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import metrics
from foundation.few import few_at_once, never, while_time
from foundation.jobs import Message
from foundation.store import Scope, Store, instant
from oversight import channel_words
from oversight.channel_models import Delivery, DeliveryItem, DeliveryState
from oversight.channel_times import not_before
from oversight.channels import ChannelKind, NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import Notice
from oversight.senders import NotSent, Words, chosen
from tenants.province import province_scope

LEASE = timedelta(minutes=2)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""After the first failure, the second …; after the last of them it is set aside."""
BATCH = 50
BEGIN_SECONDS = 100.0
"""What has not begun by then is left to the next run."""


async def send_due(store: Store, leaving: Callable[[], bool] = never) -> int:
    """Called by the clock; returns how many were tried. A carrier that is slow keeps the others waiting no longer than
    its own time limit. Once `leaving`, it begins no other."""
    scope = await province_scope(store)
    if scope is None:
        return 0
    due = select(Delivery.id).where(Delivery.state == DeliveryState.WAITING, Delivery.next_at <= store.clock.now())
    async with store.scoped(scope) as session:
        found = (await session.scalars(due.order_by(Delivery.next_at).limit(BATCH))).all()
    time = while_time(BEGIN_SECONDS, leaving)
    return sum(await few_at_once(_send(store, scope, delivery_id, time) for delivery_id in found))


async def _send(store: Store, scope: Scope, delivery_id: UUID, time: Callable[[], bool]) -> bool:
    """False when another worker has it, it is not due, there is nothing to send any more, or no time."""
    if not time():
        return False
    async with store.scoped(scope) as session:
        words, kind = await _lease(session, delivery_id)
    if words is None or kind is None:
        return False
    failed: NotSent | None = None
    try:
        await _carrier(kind, words)
    except NotSent as error:
        failed = error
    async with store.scoped(scope) as session:
        await _record(session, delivery_id, failed)
    metrics.OUTSIDE.labels(kind.value, "failed" if failed else "sent").inc()
    return True


async def _carrier(kind: ChannelKind, words: Words) -> None:
    sender = chosen().senders.get(kind)
    if sender is None:
        raise NotSent("NoSender")
    await sender.send(words)


async def _lease(session: AsyncSession, delivery_id: UUID) -> tuple[Words | None, ChannelKind | None]:
    now = instant(session)
    free = (Delivery.id == delivery_id, Delivery.state == DeliveryState.WAITING, Delivery.next_at <= now)
    delivery = await session.scalar(select(Delivery).where(*free).with_for_update(skip_locked=True))
    if delivery is None:
        return None, None
    if delivery.attempts > len(PAUSES):  # its worker died of it each time
        delivery.state, delivery.done_at = DeliveryState.SET_ASIDE, now
        return None, None
    channel = await session.get_one(NoticeChannel, delivery.channel_id)
    kinds = await _unread(session, delivery)
    if not kinds or not channel.switched_on or channel.verified_at is None:
        delivery.state, delivery.done_at = DeliveryState.NEEDLESS, now
        return None, None
    if (later := not_before(channel, [kind for kind, _ in kinds], now)) > now:
        delivery.next_at = later
        return None, None
    delivery.next_at, delivery.attempts = now + LEASE, delivery.attempts + 1
    return channel_words.news(channel, delivery, kinds, chosen().platform), ChannelKind(channel.kind)


async def _unread(session: AsyncSession, delivery: Delivery) -> Sequence[tuple[NoticeKind, int]]:
    """What its owner has read in the pages meanwhile is not worth a message."""
    query = (
        select(DeliveryItem.kind, func.count())
        .join(Notice, Notice.id == DeliveryItem.notice_id)
        .where(DeliveryItem.delivery_id == delivery.id, Notice.read_at.is_(None))
        .group_by(DeliveryItem.kind)
        .order_by(DeliveryItem.kind)
    )
    return [(NoticeKind(kind), count) for kind, count in await session.execute(query)]


async def _record(session: AsyncSession, delivery_id: UUID, failed: NotSent | None) -> None:
    now = instant(session)
    delivery = await session.get(Delivery, delivery_id, with_for_update=True)
    if delivery is None:
        return  # its owner took the channel away meanwhile
    if failed is None:
        delivery.state, delivery.done_at, delivery.last_error = DeliveryState.SENT, now, None
    elif failed.final or delivery.attempts > len(PAUSES):
        delivery.state, delivery.done_at, delivery.last_error = DeliveryState.SET_ASIDE, now, failed.code
    else:
        delivery.next_at, delivery.last_error = now + PAUSES[delivery.attempts - 1], failed.code


async def send_code(store: Store, message: Message) -> None:
    """Proves an address. Raises NotSent, so that the relay tries again; nothing when the code is over or was used."""
    scope = await province_scope(store)
    if scope is None:
        return
    async with store.scoped(scope) as session:
        channel = await session.get(NoticeChannel, UUID(message.payload["channel"]))
        if channel is None or channel.code is None or channel.code_ends_at is None:
            return
        left = channel.code_ends_at - instant(session)
        words, kind = channel_words.code(channel, max(int(left.total_seconds() // 60), 1)), ChannelKind(channel.kind)
    if left > timedelta():
        await _carrier(kind, words)
