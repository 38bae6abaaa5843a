"""The worker's part: notices of what rooms told and of acts that the routing names, a batch in one transaction.

At least once is enough for the messages: a person has one notice for a cause, whatever comes again or overtakes.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cases.history import Event
from foundation import outbox
from foundation.ids import new_id
from foundation.jobs import Message
from foundation.live import News
from foundation.store import Scope, Store, instant
from oversight.channels import wanted
from oversight.notice_kinds import NoticeKind
from oversight.notice_recipients import Fact, Told, told_of
from oversight.notice_routes import routes
from oversight.telling import TOPIC
from tenants.models import Tenant
from tenants.tiers import Tier

CHANGED, MADE = "case.changed", "notice.made"
NOBODY = UUID(int=0)
"""The person of `system.notices`: alone it may make notices (0057)."""
KEPT = timedelta(days=180)
MAKE = text("select * from make_notices(cast(:rows as jsonb))")
FORGET = text("select forget_notices(:now)")


async def forget(connection: AsyncConnection, now: datetime) -> int:
    """Remove what is of no use any more; on the relay's role. Returns how many."""
    return await connection.scalar(FORGET, {"now": now}) or 0


def unheard(topic: str, payload: Mapping[str, Any]) -> bool:
    """Acts that no row of the routing names: they need not go round by the queue."""
    return topic == CHANGED and payload.get("act") not in routes()


async def make(store: Store, messages: Sequence[Message]) -> list[News]:
    """One transaction for all; returns what is new, for the streams that stand open, once it is committed."""
    async with store.scoped(Scope(None, NOBODY)) as session:
        province = await session.scalar(
            select(Tenant.id).where(Tenant.tier == Tier.PROVINCE, Tenant.valid_to.is_(None))
        )
    if province is None:
        return []
    async with store.scoped(Scope(province, NOBODY)) as session:
        return await _make(session, await _facts(session, messages))


async def _make(session: AsyncSession, facts: Sequence[Fact]) -> list[News]:
    rows = [_row(session, told) for told in await told_of(session, facts)]
    if not rows:
        return []
    content = msgspec.json.encode(rows).decode()
    made = [News(*row) for row in await session.execute(MAKE, {"rows": content})]
    outside = await wanted(session, [one.person_id for one in made]) if made else frozenset()
    if chosen := [str(one.id) for one in made if one.person_id in outside]:
        await outbox.publish(session, MADE, notices=chosen)
    return made


async def _facts(session: AsyncSession, messages: Sequence[Message]) -> list[Fact]:
    told = [_told(message.payload) for message in messages if message.topic == TOPIC]
    changed = [message for message in messages if message.topic == CHANGED]
    return [*told, *await _acts(session, changed)] if changed else told


def _told(payload: Mapping[str, Any]) -> Fact:
    kind = NoticeKind(payload["kind"])
    return Fact(
        source=kind.value,
        cause=payload["cause"],
        kind=kind,
        case_id=UUID(payload["case"]) if payload["case"] else None,
        address=payload["address"],
        doer=UUID(payload["doer"]) if payload.get("doer") else None,
        offices=tuple(payload["offices"]),
        persons=tuple(UUID(person) for person in payload["persons"]),
    )


async def _acts(session: AsyncSession, messages: Sequence[Message]) -> list[Fact]:
    """The doer stands in the event; a system's act has none."""
    events = [UUID(message.payload["event"]) for message in messages]
    found = await session.execute(select(Event.id, Event.actor_id).where(Event.id.in_(events)))
    return list(_acted(messages, {event: actor for event, actor in found}))


def _acted(messages: Sequence[Message], doers: Mapping[UUID, UUID | None]) -> Iterator[Fact]:
    for message in messages:
        act, event = message.payload["act"], UUID(message.payload["event"])
        if act in routes() and event in doers:
            case_id = UUID(message.payload["case"])
            yield Fact(act, f"events:{event}", NoticeKind.CASE_CHANGED, case_id, doer=doers[event])


def _row(session: AsyncSession, told: Told) -> dict[str, Any]:
    now = instant(session)
    return {
        "id": new_id(now),
        "person_id": told.person_id,
        "cause": told.fact.cause,
        "kind": told.kind.value,
        "case_id": told.fact.case_id,
        "address": told.fact.address,
        "office_id": told.post.office_id if told.post else None,
        "post_id": told.post.post_id if told.post else None,
        "told_by": told.fact.doer,
        "made_at": now,
        "ends": now + KEPT,
    }
