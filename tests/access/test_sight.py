"""Who can see a case now: the list for its holder says the same of everybody as the gate says to each."""

import pytest
from msgspec import structs
from sqlalchemy import select

from access.explaining import explained
from access.sight import SightList, near, sight_for, standings_of
from cases import relations
from cases.models import Case
from foundation.errors import Forbidden, NotFound
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tests.cases.build import Walk, assessing, registered
from tests.policies.test_people import everybody
from tests.world import World

ENTRANCES = {Action.CASE_STATUS, Action.HANDOVER_PREVIEW}


async def list_for(world: World, walk: Walk, login: str) -> SightList:
    async with world.as_(login) as (session, subject):
        case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, walk.case_id)
        return await sight_for(session, subject, case)


async def by_the_gate(world: World, walk: Walk) -> dict[object, set[str]]:
    """Post -> relations by which the gate lets each person in, asked of each in their own scope."""
    found: dict[object, set[str]] = {}
    for _, subject in await everybody(world):
        async with world.store.scoped(subject.scope) as session:
            case = await session.get(Case, walk.case_id)
            standings = await gate.standings(session, subject, case) if case else ()
        table = gate.opened().table
        lets_in = {one.relation for one in standings if ENTRANCES & gate.allowed(table, subject, one)}
        if lets_in:
            found[subject.post_id] = {str(relation) for relation in lets_in}
    return found


async def listed(world: World, walk: Walk, login: str) -> dict[object, set[str]]:
    asked = {subject.post_id for _, subject in await everybody(world)}
    seers = (await list_for(world, walk, login)).seers
    return {one.post_id: {str(ground.relation) for ground in one.grounds} for one in seers if one.post_id in asked}


async def test_the_list_says_of_everybody_what_the_gate_says_to_each(world: World) -> None:
    walk = await registered(world, persons=2)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    assert await listed(world, walk, "jiantang.head") == await by_the_gate(world, walk)
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    expected = await by_the_gate(world, walk)
    assert await listed(world, walk, "xgll.director") == expected
    assert await listed(world, walk, "xgll.lgo") == expected, "also for who may read the log at the own tier"
    assert await listed(world, walk, "diqing.supervisor") == expected, "and above"


async def test_who_is_removed_is_named_as_removed_and_stands_in_no_line(world: World) -> None:
    walk = await assessing(world, persons=1)
    deputy = await world.subject("xgll.deputy")
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        removed = {"person_id": deputy.person_id, "source": "test"}
        await relations.grant(session, case, Relation.EXCLUDED, **removed)  # type: ignore[arg-type]  # keywords by name
    found = await list_for(world, walk, "xgll.director")
    assert deputy.person_id not in {one.person_id for one in found.seers}
    assert [row.person_id for row in found.removed] == [deputy.person_id]
    async with world.as_("xgll.director") as (session, subject):
        why = await explained(session, subject, Action.CASE_READ, walk.case_id, deputy.post_id)
    assert (why.allowed, why.relation) == (False, Relation.EXCLUDED)
    assert why.zh.startswith("已回避")
    assert why.en.endswith("recused")


async def test_each_ground_names_its_rule_its_field_groups_and_its_end(world: World) -> None:
    walk = await assessing(world, persons=1)
    found = await list_for(world, walk, "xgll.director")
    director = await world.subject("xgll.director")
    ground = next(one for one in found.seers if one.post_id == director.post_id).grounds[0]
    assert (ground.relation, ground.rule, ground.until) == (Relation.HOLDS, "11", None)
    assert {"case:read.statement", "case:read.identity_masked"} <= set(ground.groups)
    supervisor = await world.subject("diqing.supervisor")
    above = next(one for one in found.seers if one.post_id == supervisor.post_id).grounds[0]
    assert "case:read.statement" not in above.groups and "case:read.final" in above.groups


@pytest.mark.parametrize("login", ["xgll.payer", "xgll.daily", "jiantang.clerk"])
async def test_who_sees_the_status_only_does_not_see_who_else_sees(world: World, login: str) -> None:
    walk = await assessing(world, persons=1)
    with pytest.raises(Forbidden):
        await list_for(world, walk, login)


async def test_a_stranger_finds_no_case_to_ask_about(world: World) -> None:
    walk = await assessing(world, persons=1)
    with pytest.raises(NotFound):
        await list_for(world, walk, "deqin.director")


async def test_the_holder_asks_why_somebody_else_may_or_may_not(world: World) -> None:
    walk = await assessing(world, persons=1)
    supervisor = await world.subject("diqing.supervisor")
    async with world.as_("xgll.director") as (session, subject):
        yes = await explained(session, subject, Action.CASE_READ_FINAL, walk.case_id, supervisor.post_id)
        no = await explained(session, subject, Action.CASE_READ_STATEMENT, walk.case_id, supervisor.post_id)
    assert (yes.allowed, yes.rule, yes.relation) == (True, "39", Relation.OVERSEES)
    assert not no.allowed and "40" in no.elsewhere
    assert "督办期间可看案情" in no.zh and "While an order is open" in no.en


async def test_asking_about_somebody_who_stands_far_away_tells_nothing_of_them(world: World) -> None:
    walk = await assessing(world, persons=1)
    far = await world.subject("deqin.director")
    async with world.as_("xgll.director") as (session, subject):
        found = await explained(session, subject, Action.CASE_READ, walk.case_id, far.post_id)
    assert (found.allowed, found.relation, found.elsewhere) == (False, None, ())


async def test_who_may_not_see_who_sees_may_not_ask_about_others(world: World) -> None:
    walk = await assessing(world, persons=1)
    director = await world.subject("xgll.director")
    async with world.as_("xgll.payer") as (session, subject):
        own = await explained(session, subject, Action.CASE_READ, walk.case_id, subject.post_id)
        with pytest.raises(Forbidden):
            await explained(session, subject, Action.CASE_READ, walk.case_id, director.post_id)
    assert not own.allowed


async def test_the_rows_in_hand_give_the_same_standings_as_the_gate_finds(world: World) -> None:
    walk = await assessing(world, persons=1)
    async with world.as_("xgll.director") as (session, subject):
        case = await session.get_one(Case, walk.case_id)
        rows = await relations.in_force(session, case.id)
        assert set(standings_of(subject, case, rows)) == set(await gate.standings(session, subject, case))
        administrator = structs.replace(subject, role="sysadmin")
        assert standings_of(administrator, case, rows) == ()


async def test_the_database_names_no_posts_near_a_case_outside_the_line_of_custody(world: World) -> None:
    walk = await assessing(world, persons=1)
    async with world.as_("deqin.director") as (session, _):
        assert await near(session, walk.case_id) == []
        assert await session.scalar(select(Case.id).where(Case.id == walk.case_id)) is None
