"""专调小组: one per case, who may sit on it, and the number it gives."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from cases.committee import CommitteeMissing
from cases.models import Case, CaseRelation
from cases.relations import grant
from foundation.errors import Forbidden, InvalidInput, NotFound
from policies.relations import Relation
from teams.formation import TeamExists
from teams.stations import WindowGivesNoNumber
from tenants.models import Office, OfficialStatus
from tests.cases.build import Walk
from tests.teams.build import broken, confirmed, entrusted, formed, members, row, rows
from tests.world import World


async def refused(world: World, members: list[dict[str, Any]]) -> set[tuple[str, str]]:
    walk = await entrusted(world, persons=2)
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.director", "form-team", members=members)
    assert (await world.case(walk.case_id)).case_no is None
    return broken(error)


async def test_forming_the_team_gives_the_case_its_number_and_its_handler(world: World) -> None:
    walk = await formed(world)
    case = await world.case(walk.case_id)
    assert re.fullmatch(r"云533401信调〔2026〕\d{5}号", case.case_no or "")
    assert case.handler_id == (await world.subject("xgll.handler")).person_id


async def test_numbers_of_one_workroom_follow_each_other_without_a_gap(world: World) -> None:
    first, second = [await world.case((await formed(world)).case_id) for _ in range(2)]
    serial = [int((case.case_no or "")[-6:-1]) for case in (first, second)]
    assert serial[1] == serial[0] + 1


async def test_a_refused_team_leaves_no_gap_in_the_numbers(world: World) -> None:
    before = await world.case((await formed(world)).case_id)
    assert await refused(world, [await row(world, "xgll.handler", "handler")]) == {("members", "no_mediator")}
    after = await world.case((await formed(world)).case_id)
    assert int((after.case_no or "")[-6:-1]) == int((before.case_no or "")[-6:-1]) + 1


async def test_a_case_has_one_active_team(world: World) -> None:
    walk = await formed(world)
    with pytest.raises(TeamExists):
        await walk.do("xgll.director", "form-team", members=await rows(world))


async def test_a_mediator_is_appointed_by_the_committee_that_posts_the_station(world: World) -> None:
    team = [await row(world, "xgll.handler", "handler"), await row(world, "xgll.lawyer", "mediator")]
    assert await refused(world, team) == {("members.1.role", "not_appointed")}


async def test_an_official_takes_part_only_as_an_invited_official(world: World) -> None:
    team = await rows(world, {"xgll.mediator": "mediator", "xgll.traffic": "handler"})
    assert await refused(world, team) == {("members.1.role", "official")}
    team = await rows(
        world, {"xgll.handler": "handler", "xgll.mediator": "mediator", "xgll.lawyer": "invited_official"}
    )
    assert await refused(world, team) == {("members.2.role", "not_official")}


async def test_a_lawyer_s_part_asks_for_a_lawyer(world: World) -> None:
    team = await rows(world, {"xgll.handler": "handler", "xgll.mediator": "mediator", "xgll.aux": "lawyer"})
    assert await refused(world, team) == {("members.2.role", "not_qualified")}


@pytest.mark.obligation("31a")
async def test_auxiliary_staff_take_no_seat_on_a_team(world: World) -> None:
    team = await rows(world, {"xgll.aux": "handler", "xgll.mediator": "mediator"})
    assert await refused(world, team) == {("members.0.role", "auxiliary")}


async def test_nobody_sits_without_declaring_that_there_is_no_conflict(world: World) -> None:
    team = await rows(world, {"xgll.handler": "handler", "xgll.mediator": "mediator"})
    team.append(await row(world, "xgll.lawyer", "lawyer", no_conflict=False))
    assert await refused(world, team) == {("members.2.no_conflict", "conflict")}


async def test_every_broken_rule_is_named_at_once_and_strangers_are_no_choice(world: World) -> None:
    team = [await row(world, "deqin.director", "handler"), await row(world, "xgll.lawyer", "mediator")]
    assert await refused(world, team) == {("members.0.person_id", "not_a_choice"), ("members.1.role", "not_appointed")}


async def test_there_is_exactly_one_handler(world: World) -> None:
    team = await rows(world, {"xgll.mediator": "mediator", "xgll.lawyer": "lawyer"})
    assert ("members", "one_handler") in await refused(world, team)


async def test_the_handler_leads_where_no_leader_is_named(world: World) -> None:
    walk = await formed(world)
    handler = (await world.subject("xgll.handler")).person_id
    async with world.owner() as session:
        query = select(CaseRelation.relation, CaseRelation.role).where(
            CaseRelation.case_id == walk.case_id, CaseRelation.person_id == handler
        )
        found = {(relation, role) for relation, role in await session.execute(query)}
    assert found == {(Relation.HANDLER.value, "handler"), (Relation.TEAM.value, "team_leader")}


async def test_a_named_leader_leads_and_there_are_never_two(world: World) -> None:
    team = await rows(world, {"xgll.handler": "handler", "xgll.mediator": "mediator"})
    leaders = [await row(world, login, "team_leader") for login in ("xgll.director", "xgll.deputy")]
    assert await refused(world, [*team, *leaders]) == {("members", "one_leader")}
    walk = await entrusted(world)
    await walk.do("xgll.director", "form-team", members=[*team, leaders[0]])
    leader = (await members(walk))["team_leader"]
    assert leader.person_id == (await world.subject("xgll.director")).person_id


async def test_a_candidate_of_the_list_may_be_chosen_and_an_excluded_one_is_not_listed(world: World) -> None:
    walk = await entrusted(world, persons=2)
    mediator = await world.subject("xgll.mediator")
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        await grant(session, case, Relation.EXCLUDED, person_id=mediator.person_id, source="test")
    async with world.as_("xgll.director") as (session, subject):
        case = await world.case(walk.case_id)
        options = await world.catalogue.options["team_candidates"](session, subject, case)
    values = {option.value for option in options}
    assert str((await world.subject("xgll.aux")).person_id) not in values
    assert str((await world.subject("xgll.lawyer")).person_id) in values
    assert str(mediator.person_id) not in values
    with pytest.raises(InvalidInput) as error:
        await walk.do("xgll.director", "form-team", members=await rows(world))
    assert broken(error) == {("members.1.person_id", "excluded")}


async def test_a_retired_official_is_no_official(world: World) -> None:
    traffic = (await world.subject("xgll.traffic")).person_id
    async with world.owner() as session:
        status = (await session.scalars(select(OfficialStatus).where(OfficialStatus.person_id == traffic))).one()
        kept, status.until = status.until, status.since
    try:
        team = await rows(
            world, {"xgll.handler": "handler", "xgll.mediator": "mediator", "xgll.traffic": "invited_official"}
        )
        assert await refused(world, team) == {("members.2.role", "not_official")}
    finally:
        async with world.owner() as session:
            status = (await session.scalars(select(OfficialStatus).where(OfficialStatus.person_id == traffic))).one()
            status.until = kept


async def at_township(world: World) -> tuple[Walk, list[dict[str, Any]]]:
    walk = await entrusted(world, desk="jiantang.clerk")
    return walk, [await row(world, "jiantang.mediator", role) for role in ("handler", "mediator")]


async def test_a_township_s_window_forms_no_team_and_gives_no_number(world: World) -> None:
    walk, team = await at_township(world)
    with pytest.raises(WindowGivesNoNumber):
        await walk.do("jiantang.head", "form-team", members=team)


async def test_a_township_s_committee_forms_a_team_without_a_case_number(world: World) -> None:
    walk, team = await at_township(world)
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        case.holder_office_id = await world.office("jiantang.chair")
    await walk.do("jiantang.head", "form-team", members=team)
    formed_case = await world.case(walk.case_id)
    assert formed_case.case_no is None and formed_case.handler_id is not None


async def test_a_station_without_a_committee_can_not_mediate(world: World) -> None:
    walk = await entrusted(world)
    async with world.owner() as session:
        holder = await session.get_one(Office, await world.office("xgll.director"))
        committee, holder.committee_id = holder.committee_id, None
    try:
        with pytest.raises(CommitteeMissing):
            await walk.do("xgll.director", "form-team", members=await rows(world))
    finally:
        async with world.owner() as session:
            holder = await session.get_one(Office, await world.office("xgll.director"))
            holder.committee_id = committee


async def test_the_team_sees_the_case_and_a_colleague_outside_it_does_not_work_on_it(world: World) -> None:
    walk = await confirmed(world)
    await walk.do("xgll.lawyer", "write-analysis", **ANALYSIS)
    with pytest.raises((Forbidden, NotFound)):
        await walk.do("xgll.grassroots", "write-analysis", **ANALYSIS)


ANALYSIS: dict[str, Any] = {
    "facts": "裂缝七处",
    "statutes": [{"title": "民法典", "article": "第1165条"}],
    "fit": "fits",
    "reasons": "过错责任",
}
