"""What the tests of grants do: a system administrator names somebody, a security administrator answers."""

from uuid import UUID

from foundation.ids import new_id
from organisation.grants import RefusalForm, confirm_grant, refuse_grant
from organisation.posts import PostForm, give_post
from tenants.models import Person, Post
from tests.world import World

REASON = "任命文件未核实"


async def newcomer(world: World) -> UUID:
    async with world.owner() as session:
        person = Person(id=new_id(world.clock.now()), name="杨永福")
        session.add(person)
    return person.id


async def give(world: World, by: str, role: str, at: str, person: UUID | None = None) -> Post:
    """`at`: in the office where this one works."""
    chosen = person or await newcomer(world)
    office = await world.office(at)
    async with world.as_(by) as (session, admin):
        return await give_post(session, admin, PostForm(office, role, person_id=chosen))


async def confirm(world: World, by: str, post: Post) -> Post:
    async with world.as_(by) as (session, admin):
        return await confirm_grant(session, admin, post.id)


async def refuse(world: World, by: str, post: Post) -> Post:
    async with world.as_(by) as (session, admin):
        return await refuse_grant(session, admin, post.id, RefusalForm(REASON))


async def stored(world: World, post: Post) -> Post:
    async with world.owner() as session:
        return await session.get_one(Post, post.id)
