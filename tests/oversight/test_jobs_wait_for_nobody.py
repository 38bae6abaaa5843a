"""Jobs hold rows of the queue, which an act changes with its thing: what is being changed they leave for a minute."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from server.recurring import mark_overdue
from server.watching import watch_offices
from tests.cases.build import Walk, accepted
from tests.handover.racing import HOLD, LONG
from tests.oversight.test_deadlines import ordered, term
from tests.oversight.test_leaders import charge
from tests.oversight.told import told
from tests.world import World

MATTER = text("""
    insert into supervision_matters (id, kind, name, ground, requirements, contact, deadline, issuer_office_id,
        issuer_tenant_id, recorded_at, recorded_by)
    select gen_random_uuid(), 'overseeing', '系列纠纷', 'major', '逐件化解', '综合科', :due, o.id, o.tenant_id,
        :now, :person
    from offices o where o.id = :office returning id
""")


async def late(world: World, due: datetime) -> None:
    world.clock.advance(seconds=(due - world.clock.now()).total_seconds() + 2)


async def marked(world: World, wanted: str, session: AsyncSession) -> object:
    """Whether it is marked once the job has run, which it does whoever holds what."""
    async with asyncio.timeout(LONG):
        await mark_overdue(world.store)
    return await session.scalar(text(wanted))


async def test_a_term_and_an_order_of_a_case_that_is_being_changed_are_looked_at_a_minute_later(
    own_world: World,
) -> None:
    walk = await accepted(own_world, persons=1)
    order = await ordered(walk)
    _, due, _ = await term(own_world, walk.case_id, "mediation")
    both = f"""select (select count(*) from timers where case_id = '{walk.case_id}' and overdue_at is not null
        and kind = 'mediation') + (select count(*) from supervision_orders where id = '{order}'
        and overdue_at is not null)"""
    await late(own_world, max(due, datetime.fromisoformat("2026-04-10T16:00:00+00:00")))
    async with own_world.owner() as changing:
        await changing.execute(HOLD, {"case": walk.case_id})
        assert await marked(own_world, both, changing) == 0
    own_world.clock.advance(seconds=61)
    async with own_world.owner() as session:
        assert await marked(own_world, both, session) == 2


async def test_a_matter_that_is_being_changed_is_looked_at_a_minute_later(own_world: World) -> None:
    subject, now = await own_world.subject("diqing.supervisor"), own_world.clock.now()
    due = now + timedelta(days=3)
    async with own_world.owner() as session:
        given = {"due": due, "now": now, "person": subject.person_id, "office": subject.office_id}
        matter = await session.scalar(MATTER, given)
        await session.commit()
    assert isinstance(matter, UUID)
    asked = f"select count(*) from supervision_matters where id = '{matter}' and overdue_at is not null"
    await late(own_world, due)
    async with own_world.owner() as changing:
        await changing.execute(text("select from supervision_matters where id = :id for update"), {"id": matter})
        assert await marked(own_world, asked, changing) == 0
    own_world.clock.advance(seconds=61)
    async with own_world.owner() as session:
        assert await marked(own_world, asked, session) == 1


async def test_a_charge_of_a_case_that_is_being_changed_is_told_of_at_the_next_look(own_world: World) -> None:
    walk = await led(own_world)
    own_world.clock.advance(days=100)
    async with own_world.owner() as changing:
        await changing.execute(HOLD, {"case": walk.case_id})
        async with asyncio.timeout(LONG):
            await watch_offices(own_world.store)
        assert await told(own_world, "leader_overdue", walk.case_id) == []
    await watch_offices(own_world.store)
    assert len(await told(own_world, "leader_overdue", walk.case_id)) == 1


async def led(world: World) -> Walk:
    walk = await accepted(world, persons=1)
    await charge(walk, "xgll.lgo", "xgll.leader")
    return walk
