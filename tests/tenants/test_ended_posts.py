"""Whose post ends with a merger while signed in reads in words what happened and where to go on."""

from sqlalchemy import select, update

from foundation.clock import local_date
from foundation.ids import new_id
from tenants.models import Office, Post
from tests.door import Door
from tests.world import World

LOGIN = "jiantang.chair"


async def test_a_post_that_ended_is_told_with_its_successor_by_api_and_page(own_door: Door, own_world: World) -> None:
    person, there = await own_world.subject(LOGIN), await own_world.subject("diqing.chair")
    program, browser = await own_door.program(LOGIN, language="en"), await own_door.browser(LOGIN)
    now = own_world.clock.now()
    async with own_world.owner() as session:
        mine = Post.person_id == person.person_id
        await session.execute(update(Post).where(mine).values(until=now))
    own_world.clock.advance(seconds=1)
    refused = (await program.get("/api/v1/cases")).json()
    assert refused["code"] == "post_not_chosen"
    assert "has ended" in refused["detail"] and "system administrator" in refused["detail"]
    async with own_world.owner() as session:
        closing = update(Office).where(Office.id == person.office_id).values(valid_to=local_date(now))
        await session.execute(closing)
        role = await session.scalar(select(Post.role).where(mine))
        session.add(Post(id=new_id(now), person_id=person.person_id, office_id=there.office_id, role=role, since=now))
        names = list(
            await session.scalars(select(Office.name).where(Office.id.in_((person.office_id, there.office_id))))
        )
    told = (await program.get("/api/v1/cases")).json()
    assert told["code"] == "post_not_chosen" and all(name in told["detail"] for name in names)
    moved = await browser.get("/cases")
    assert moved.headers["location"].startswith("/posts")
    page = (await browser.get("/posts")).text
    assert "已并入" in page and all(name in page for name in names)
