"""The parties accept who mediates and who is invited; whoever has an interest leaves the case."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from cases.models import Case, CaseRelation
from cases.relations import relation_of
from foundation.errors import Forbidden, InvalidInput, NotFound
from policies.relations import Relation
from teams.acceptance import MembersNotAccepted, TeamMissing, TeamNotConfirmed
from tests.cases.build import Walk
from tests.teams.build import TEAM, answer, broken, confirmed, entrusted, formed, members, proposed, row, table
from tests.world import World

PLAN = {"dispute": "裂缝的成因", "measures": "鉴定后协商"}


async def in_force(walk: Walk, login: str) -> set[str]:
    person = (await walk.world.subject(login)).person_id
    query = select(CaseRelation.relation).where(
        CaseRelation.case_id == walk.case_id,
        CaseRelation.person_id == person,
        CaseRelation.until > walk.world.clock.now(),
    )
    async with walk.world.owner() as session:
        return set(await session.scalars(query))


async def test_no_team_no_acceptance(world: World) -> None:
    walk = await entrusted(world, persons=2)
    with pytest.raises(TeamMissing):
        await walk.do("xgll.director", "confirm-team")


async def test_a_mediator_sees_the_case_only_when_every_party_at_the_table_has_accepted(world: World) -> None:
    walk = await formed(world, persons=3)
    *people, company = await table(walk)
    await answer(walk, "mediator", people)
    assert await in_force(walk, "xgll.mediator") == set()
    await answer(walk, "mediator", [company])
    assert await in_force(walk, "xgll.mediator") == {Relation.TEAM.value}


async def test_a_later_no_takes_the_sight_away_again(world: World) -> None:
    walk = await formed(world)
    parties = await table(walk)
    await answer(walk, "mediator", parties)
    await answer(walk, "mediator", parties[:1], accepted=False)
    assert await in_force(walk, "xgll.mediator") == set()
    assert (await members(walk))["mediator"].status == "proposed"


async def test_an_official_is_invited_only_with_the_consent_of_both_sides(world: World) -> None:
    walk = await formed(world)
    parties = await table(walk)
    await answer(walk, "mediator", parties)
    await answer(walk, "invited_official", parties[:1])
    with pytest.raises(MembersNotAccepted):
        await walk.do("xgll.director", "confirm-team")
    await answer(walk, "invited_official", parties[1:])
    await walk.do("xgll.director", "confirm-team")


async def test_a_lawyer_needs_no_acceptance_and_is_not_asked_about(world: World) -> None:
    walk = await formed(world)
    with pytest.raises(InvalidInput) as error:
        await answer(walk, "lawyer", await table(walk))
    assert broken(error) == {("member_id", "not_a_choice")}


async def test_a_person_who_declined_mediation_is_not_at_the_table(world: World) -> None:
    walk = await formed(world)
    declined = str((await walk.petitioners())[-1].id)
    with pytest.raises(InvalidInput) as error:
        await answer(walk, "mediator", [declined])
    assert broken(error) == {("party_ids.0", "not_a_choice")}


async def test_no_work_begins_before_the_team_is_confirmed(world: World) -> None:
    walk = await formed(world)
    with pytest.raises(TeamNotConfirmed):
        await walk.do("xgll.handler", "write-plan", **PLAN)


async def test_whoever_has_an_interest_is_replaced_and_sees_nothing_of_the_case_any_more(world: World) -> None:
    walk = await confirmed(world, team=TEAM | {"xgll.grassroots": "grassroots_legal_worker"})
    lawyer = (await members(walk))["lawyer"]
    await led_by(world, walk, lawyer.person_id)
    await walk.do("xgll.director", "replace-member", member_id=str(lawyer.id), reason="conflict")
    assert "lawyer" not in await members(walk)
    assert await in_force(walk, "xgll.lawyer") == {Relation.EXCLUDED.value}
    subject = await world.subject("xgll.lawyer")
    world.clock.advance(seconds=1)
    async with world.store.scoped(subject.scope) as session:
        assert await session.get(Case, walk.case_id) is None
    with pytest.raises(NotFound):
        await walk.do("xgll.lawyer", "write-plan", **PLAN)


async def led_by(world: World, walk: Walk, person_id: UUID) -> None:
    """Another record of that person, which the exclusion ends with the seat."""
    case = await world.case(walk.case_id)
    async with world.owner() as session:
        session.add(relation_of(case, Relation.LEADS, case.filed_at, source="test", person_id=person_id))


async def test_the_newcomer_is_asked_about_again_before_work_goes_on(world: World) -> None:
    walk = await confirmed(world)
    mediator = (await members(walk))["mediator"]
    chair = (await world.subject("xgll.chair")).person_id
    handler = (await world.subject("xgll.handler")).person_id
    with pytest.raises(InvalidInput) as error:
        await _replace(walk, str(mediator.id), str(chair))
    assert broken(error) == {("role", "not_appointed")}
    await _replace(walk, str(mediator.id), str(handler))
    with pytest.raises(MembersNotAccepted):
        await walk.do("xgll.handler", "write-plan", **PLAN)
    await answer(walk, "mediator", await table(walk))
    await walk.do("xgll.handler", "write-plan", **PLAN)


async def _replace(walk: Walk, member_id: str, person_id: str | None) -> None:
    form: dict[str, Any] = {"member_id": member_id, "reason": "refused", "no_conflict": True}
    await walk.do("xgll.director", "replace-member", **form, **({"person_id": person_id} if person_id else {}))


async def test_the_only_mediator_and_the_handler_can_not_leave_without_a_successor(world: World) -> None:
    walk = await confirmed(world)
    for role in ("mediator", "handler"):
        with pytest.raises(InvalidInput) as error:
            await _replace(walk, str((await members(walk))[role].id), None)
        assert broken(error) == {("person_id", "required")}


async def test_a_replaced_handler_hands_the_case_to_the_successor(world: World) -> None:
    walk = await confirmed(world)
    new = await world.subject("xgll.mediator")
    await _replace(walk, str((await members(walk))["handler"].id), str(new.person_id))
    assert (await world.case(walk.case_id)).handler_id == new.person_id
    assert Relation.HANDLER.value in await in_force(walk, "xgll.mediator")
    with pytest.raises((Forbidden, NotFound)):
        await walk.do("xgll.handler", "commission-appraisal", **await _appraisal(walk))


async def _appraisal(walk: Walk) -> dict[str, str]:
    *_, company = await table(walk)
    return {"party_id": company, "advanced_by": company, "body": "鉴定所", "matter": "裂缝成因"}


async def test_a_team_ends_when_custody_moves(world: World) -> None:
    walk = await confirmed(world)
    dizhou = await world.office("diqing.director")
    await walk.do("xgll.director", "offer-handover", to_office_id=dizhou, reason="jurisdiction")
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    assert await in_force(walk, "xgll.mediator") == set()
    assert await members(walk) == {}
    assert (await world.case(walk.case_id)).handler_id is None


async def test_the_receiver_of_a_case_under_proposal_forms_and_confirms_a_team_of_its_own(world: World) -> None:
    walk = await proposed(world)
    await walk.do(
        "xgll.director", "offer-handover", to_office_id=await world.office("diqing.director"), reason="jurisdiction"
    )
    await walk.do("diqing.director", "accept-handover", no_conflict=True)
    team = [await row(world, "diqing.mediator", role) for role in ("handler", "mediator")]
    number = (await world.case(walk.case_id)).case_no
    await walk.do("diqing.director", "form-team", members=team)
    assert (await world.case(walk.case_id)).case_no == number, "the number is kept for life"
    member = (await members(walk))["mediator"]
    yes: dict[str, Any] = {"member_id": str(member.id), "party_ids": await table(walk), "accepted": True}
    await walk.do("diqing.director", "accept-member", **yes)
    await walk.do("diqing.director", "confirm-team")
