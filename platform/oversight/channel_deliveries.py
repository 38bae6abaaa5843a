"""From a person's notices to deliveries: each notice once by each channel that wants its kind, joined by the hour.

The worker's part, for the message that whoever makes notices leaves (`notice.made`).
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from foundation.jobs import Message
from foundation.store import Store, instant
from oversight.channel_models import Delivery, DeliveryItem, DeliveryState
from oversight.channel_times import due_at, takes
from oversight.channels import IN_USE, NoticeChannel
from oversight.notice_kinds import NoticeKind
from oversight.notice_models import Notice
from tenants.province import province_scope


async def prepare(store: Store, message: Message) -> None:
    """The same however often the message comes: the channel's row is locked while its deliveries are made."""
    scope = await province_scope(store)
    if scope is None:
        return
    notice_ids = [UUID(notice) for notice in message.payload["notices"]]
    async with store.scoped(scope) as session:
        notices = (await session.scalars(select(Notice).where(Notice.id.in_(notice_ids)).order_by(Notice.id))).all()
        persons = {notice.person_id for notice in notices}
        own = select(NoticeChannel).where(NoticeChannel.person_id.in_(persons), *IN_USE)
        for channel in (await session.scalars(own.order_by(NoticeChannel.id).with_for_update())).all():
            await _deliver(session, channel, [one for one in notices if one.person_id == channel.person_id])


async def _deliver(session: AsyncSession, channel: NoticeChannel, notices: Sequence[Notice]) -> None:
    known = select(DeliveryItem.notice_id).where(DeliveryItem.channel_id == channel.id)
    had = set(await session.scalars(known.where(DeliveryItem.notice_id.in_([one.id for one in notices]))))
    for notice in notices:
        kind = NoticeKind(notice.kind)
        if notice.id in had or not takes(channel, kind):
            continue
        delivery = await _delivery(session, channel, kind)
        session.add(DeliveryItem(channel_id=channel.id, notice_id=notice.id, delivery_id=delivery.id, kind=kind.value))
    await session.flush()


async def _delivery(session: AsyncSession, channel: NoticeChannel, kind: NoticeKind) -> Delivery:
    """The one that waits for the same instant, or is due as this one is, if nobody has tried to send it yet; or a new
    one."""
    now = instant(session)
    due = due_at(channel, kind, now)
    together = Delivery.next_at == due if due > now else Delivery.next_at <= now
    waiting = (Delivery.state == DeliveryState.WAITING, Delivery.attempts == 0, together)
    mine = select(Delivery).where(Delivery.channel_id == channel.id, *waiting).order_by(Delivery.next_at).limit(1)
    found = await session.scalar(mine.with_for_update())
    if found is not None:
        return found
    made = Delivery(id=new_id(now), channel_id=channel.id, made_at=now, state=DeliveryState.WAITING, next_at=due)
    session.add(made)
    await session.flush()
    return made
