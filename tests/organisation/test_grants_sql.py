"""What the database itself holds to: a post without a begin gives nothing, and nobody lets it begin by hand."""

import re
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from tenants.roles import ROLE_NAMES
from tenants.two_persons import REASONS
from tests.organisation.granting import confirm, give, newcomer
from tests.world import World

READS_POSTS = re.compile(r"\b(?:from|join)\s+posts\s+(?:as\s+)?(\w+)", re.IGNORECASE)
WHETHER_IN_FORCE_OR_NOT = {
    "person_below": "whoever has, had or waits for a post here is looked after here",
    "person_wholly_below": "a post that waits above takes the account out of reach below already",
    "office_in_use": "an office for which somebody waits stays open",
    "decide_post_grant": "is about posts that wait",
    "tree_staff": "a post that waits at an office that is no more waits no longer",
    "seating_facts": "whoever served at a unit once is tied to it, however long ago",
}
"""Functions that mean also posts that wait, each with the reason."""
FUNCTIONS = text(
    "select p.proname, p.prosrc from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f'"
)


async def test_every_function_that_reads_posts_asks_whether_they_have_begun(world: World) -> None:
    async with world.owner() as session:
        readers = {name: body for name, body in await session.execute(FUNCTIONS) if READS_POSTS.search(body)}
    assert "session_subject" in readers and "posts_near_case" in readers
    silent = {name for name, body in readers.items() if any(not asks(body, one) for one in READS_POSTS.findall(body))}
    assert silent == WHETHER_IN_FORCE_OR_NOT.keys(), "compare since: a post that waits gives nothing"


def asks(body: str, alias: str) -> bool:
    """Whether it compares the begin of what it reads under this name."""
    return re.search(rf"\b{alias}\.since\s*<=|post_term\({alias}\.since", body) is not None


async def test_the_database_has_the_same_list_as_the_program(world: World) -> None:
    assert REASONS.keys() <= ROLE_NAMES.keys()
    async with world.owner() as session:
        query = text("select role from unnest(cast(:roles as text[])) role where needs_two_persons(role)")
        assert set(await session.scalars(query, {"roles": list(ROLE_NAMES)})) == REASONS.keys()


async def refused(session: AsyncSession, statement: str, state: str, **values: Any) -> None:
    with pytest.raises(DBAPIError) as error:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    assert getattr(error.value.orig, "sqlstate", None) == state


INSERT = "insert into posts (id, person_id, office_id, role, since) values (:id, :person, :office, :role, {since})"


async def test_the_application_can_not_let_such_a_post_begin(world: World) -> None:
    person, office = await newcomer(world), await world.office("xgll.cashier")
    post = await give(world, "xgll.admin", "cashier", "xgll.cashier", person)
    async with world.as_("xgll.admin") as (session, _):
        values = {"id": new_id(world.clock.now()), "person": person, "office": office}
        await refused(session, INSERT.format(since="scope_now()"), "42501", role="auditor", **values)
        await refused(session, INSERT.format(since="null"), "42501", role="wr_deputy", **values)
        for column, value in (("since", "scope_now()"), ("role", "'auditor'"), ("person_id", "scope_person()")):
            await refused(session, f"update posts set {column} = {value} where id = :id", "42501", id=post.id)
        for write in (
            "update post_grants set outcome = 'confirmed'",
            "insert into post_grants (post_id, given_at) values (:id, scope_now())",
            "delete from post_grants where post_id = :id",
        ):
            await refused(session, write, "42501", **({"id": post.id} if ":id" in write else {}))


async def test_a_post_that_has_ended_does_not_come_back(world: World) -> None:
    post = await give(world, "xgll.admin", "wr_deputy", "xgll.director")
    async with world.as_("xgll.admin") as (session, _):
        await session.execute(text("update posts set until = scope_now() where id = :id"), {"id": post.id})
        await refused(session, "update posts set until = null where id = :id", "42501", id=post.id)


DECIDE = "select decide_post_grant(:id, cast(:reason as text))"


@pytest.mark.parametrize("reason", [None, "不同意"])
@pytest.mark.parametrize(
    ("by", "state"),
    [
        ("xgll.admin", "TJ404"),
        ("yunnan.audit", "TJ404"),
        ("diqing.supervisor", "TJ404"),
        ("diqing.security", "TJ404"),
        ("yunnan.security", None),
    ],
)
async def test_the_function_asks_who_speaks_and_where(
    world: World, by: str, state: str | None, reason: str | None
) -> None:
    post = await give(world, "yunnan.admin", "lgo_director", "gongshan.director")
    async with world.as_(by) as (session, _):
        if state:
            await refused(session, DECIDE, state, id=post.id, reason=reason)
        else:
            await session.execute(text(DECIDE), {"id": post.id, "reason": reason})
            await refused(session, DECIDE, "TJ409", id=post.id, reason=reason)


async def test_the_function_compares_persons_and_tiers(own_world: World) -> None:
    world = own_world
    mine = (await world.subject("yunnan.security")).person_id
    own = await give(world, "yunnan.admin", "secadmin", "diqing.security", mine)
    async with world.as_("yunnan.security") as (session, _):
        await refused(session, DECIDE, "TJ403", id=own.id, reason=None)
    other = await give(world, "yunnan.admin", "secadmin", "diqing.security")
    async with world.as_("diqing.security") as (session, _):
        await refused(session, DECIDE, "TJ403", id=other.id, reason=None)
        await refused(session, DECIDE, "TJ404", id=UUID(int=1), reason=None)


async def test_a_security_administrator_who_waits_confirms_nobody(own_world: World) -> None:
    """The scope alone, as a defect of the application might set it, is not enough."""
    world = own_world
    waiting = await give(world, "yunnan.admin", "secadmin", "yunnan.security")
    post = await give(world, "yunnan.admin", "auditor", "xgll.auditor")
    subject = await world.subject("yunnan.security")
    scope = type(subject.scope)(subject.tenant_id, waiting.person_id, cases=False)
    async with world.store.scoped(scope) as session:
        await refused(session, DECIDE, "TJ404", id=post.id, reason=None)
    await confirm(world, "yunnan.security2", waiting)
    async with world.store.scoped(scope) as session:
        await session.execute(text(DECIDE), {"id": post.id, "reason": None})
