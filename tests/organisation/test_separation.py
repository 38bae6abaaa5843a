"""System, security and audit administrator: each is that and nothing else, whatever two hands do at once."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from foundation.errors import InvalidInput
from foundation.ids import new_id
from organisation.demonstration import read_rows
from organisation.posts import PostForm, RolesExclude, end_post, give_post
from tenants.models import Person, Post
from tenants.roles import ADMINISTRATORS, ONLY_AT
from tests.world import World

OTHERS = ("wr_director", "supervisor_p", "stats_reader", "aux_staff", "auditor")
GIVEN = text("select role from posts where person_id = :person order by role")


async def newcomer(world: World) -> UUID:
    async with world.owner() as session:
        person = Person(id=new_id(world.clock.now()), name="杨永福")
        session.add(person)
    return person.id


async def give(world: World, person: UUID, role: str, at: str = "yunnan.director") -> Post:
    office = await world.office(at)
    async with world.as_("yunnan.admin") as (session, admin):
        return await give_post(session, admin, PostForm(office, role, person_id=person))


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
async def test_an_administrator_holds_no_other_post_nor_the_other_way_round(own_world: World, role: str) -> None:
    for other in (*OTHERS, *(ADMINISTRATORS - {role})):
        for first, second in ((role, other), (other, role)):
            person = await newcomer(own_world)
            await give(own_world, person, first)
            with pytest.raises(RolesExclude):
                await give(own_world, person, second)


async def test_after_the_end_of_the_term_another_post_may_begin(own_world: World) -> None:
    person = await newcomer(own_world)
    post = await give(own_world, person, "sysadmin")
    own_world.clock.advance(days=1)
    async with own_world.as_("yunnan.admin") as (session, admin):
        await end_post(session, admin, post.id)
    assert await give(own_world, person, "mediator")


@pytest.mark.parametrize("pair", [("sysadmin", "mediator"), ("secadmin", "auditadmin"), ("sysadmin", "secadmin")])
async def test_two_who_give_one_half_each_at_once_do_not_make_the_pair(own_world: World, pair: tuple[str, str]) -> None:
    person = await newcomer(own_world)
    results = await asyncio.gather(*(give(own_world, person, role) for role in pair), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Post", "RolesExclude"]
    async with own_world.owner() as session:
        assert len((await session.scalars(GIVEN, {"person": person})).all()) == 1


async def test_the_database_counts_terms_to_come_and_posts_in_every_tenant(own_world: World) -> None:
    person = await newcomer(own_world)
    post = await give(own_world, person, "mediator", at="jiantang.clerk")
    insert = text(
        "insert into posts (id, person_id, office_id, role, since)"
        " values (:id, :person, :office, 'sysadmin', scope_now() + interval '1 year')"
    )
    values = {"id": new_id(own_world.clock.now()), "person": person, "office": await own_world.office("yunnan.admin")}
    with pytest.raises(IntegrityError, match="administrators hold no other role"):
        async with own_world.owner() as session:
            await session.execute(insert, values)
    async with own_world.owner() as session:
        await session.execute(
            text("update posts set until = scope_now() + interval '1 month' where id = :id"), {"id": post.id}
        )
        await session.execute(insert, values)
        with pytest.raises(IntegrityError, match="administrators hold no other role"):
            await session.execute(text("update posts set until = null where id = :id"), {"id": post.id})
        await session.rollback()


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS & ONLY_AT.keys()))
@pytest.mark.parametrize("at", ["xgll.director", "jiantang.clerk"])
async def test_security_and_audit_stand_at_the_province_and_the_prefectures_only(
    own_world: World, role: str, at: str
) -> None:
    person = await newcomer(own_world)
    with pytest.raises(InvalidInput) as refused:
        await give(own_world, person, role, at)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("role", "not_at_this_tier")]
    with pytest.raises(IntegrityError, match="at the province and the prefectures"):
        async with own_world.owner() as session:
            office = await own_world.office(at)
            session.add(
                Post(
                    id=new_id(own_world.clock.now()),
                    person_id=person,
                    office_id=office,
                    role=role,
                    since=own_world.clock.now(),
                )
            )
    assert await give(own_world, person, role, "diqing.director")


@pytest.mark.parametrize(
    ("role", "at"),
    [("supervisor_p", "diqing.director"), ("supervisor_p", "xgll.director"), ("supervisor_f", "xgll.director")],
)
async def test_who_oversees_stands_at_the_tier_that_oversees(own_world: World, role: str, at: str) -> None:
    person = await newcomer(own_world)
    with pytest.raises(InvalidInput) as refused:
        await give(own_world, person, role, at)
    assert [(error.field, error.rule) for error in refused.value.fields] == [("role", "not_at_this_tier")]


def test_the_demonstration_has_each_of_the_three_and_none_twice() -> None:
    rows = read_rows()
    assert {row.role for row in rows} >= ADMINISTRATORS
    for login in {row.login for row in rows if row.role in ADMINISTRATORS}:
        assert len([row for row in rows if row.login == login]) == 1
