"""The worker's part of telling, done when a test asks for it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update

from foundation.jobs import Message
from foundation.live import News
from foundation.outbox import OutboxRow
from oversight.notice_inbox import NoticePage, inbox
from oversight.notice_job import make
from oversight.notice_models import Notice
from server.handlers import BATCHED
from tests.people import registration
from tests.world import World


async def waiting(world: World) -> list[Message]:
    """What a batch handler would get now."""
    query = select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.topic.in_(BATCHED)).order_by(OutboxRow.id)
    async with world.owner() as session:
        return [Message(row.id, row.topic, row.payload) for row in await session.scalars(query)]


async def deliver(world: World) -> list[News]:
    """Everything that waits, in one batch, and done with."""
    messages = await waiting(world)
    made = await make(world.store, messages)
    done = update(OutboxRow).where(OutboxRow.id.in_([message.id for message in messages]))
    async with world.owner() as session:
        await session.execute(done.values(done_at=world.clock.now()))
    return made


async def forgotten(world: World) -> None:
    """What other tests told is made, and gone: nobody has a notice."""
    await deliver(world)
    async with world.owner() as session:
        await session.execute(text("truncate notices cascade"))


async def notices_of(world: World, login: str, case_id: UUID | None = None) -> Sequence[Notice]:
    """Behind everybody's back, oldest first."""
    person = (await world.subject(login)).person_id
    query = select(Notice).where(Notice.person_id == person).order_by(Notice.id)
    if case_id is not None:
        query = query.where(Notice.case_id == case_id)
    async with world.owner() as session:
        return (await session.scalars(query)).all()


async def page_of(world: World, login: str, **asked: Any) -> NoticePage:
    async with world.as_(login) as (session, subject):
        return await inbox(session, subject, **asked)


async def offered(world: World) -> UUID:
    """A case of a township, approved and offered to the county's workroom."""
    case_id = (await world.register("jiantang.clerk", **await registration(world, persons=1))).case.id
    await world.do("jiantang.head", case_id, "approve-registration", answer="approve")
    office = await world.office("xgll.director")
    await world.do("jiantang.head", case_id, "offer-handover", to_office_id=office, reason="company")
    return case_id
