"""The team (六(一)) as rules, through the API: who may sit, who leaves, who joins."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from cases.identity_index import PURPOSE, IdentityIndex
from foundation.cipher import Sealed
from foundation.clock import local_date
from foundation.ids import new_id
from policies import gate
from policies.actions import Action
from teams.candidates import candidate_options
from teams.models import Team
from teams.reads import team_of
from teams.ties import same_unit
from tenants.background import BLIND_PURPOSE, DeclaredKin, Employment, PersonSkills
from tests.cases.build import Walk
from tests.door import Door
from tests.identity import identity_number
from tests.statements import recorded
from tests.steps.handling import Room
from tests.teams import build
from tests.world import World

LAWYER = "members.2.person_id"


async def with_lawyer(room: Room) -> list[dict[str, Any]]:
    return await room.team(xgll__lawyer="lawyer")


async def tell_kin(room: Room, login: str, kin: str, number: str) -> None:
    """As the operators' office writes what a person declares."""
    now = room.world.clock.now()
    blind = Sealed.ring().blind(number.encode(), BLIND_PURPOSE)
    person = (await room.world.subject(login)).person_id
    async with room.world.owner() as session:
        session.add(
            DeclaredKin(
                id=new_id(now), person_id=person, kin=kin, number=number, blind=blind, recorded_at=now,
                recorded_by=person,
            )
        )  # fmt: skip


async def employ(room: Room, login: str, unit: str, until: date | None = None) -> None:
    now = room.world.clock.now()
    person = (await room.world.subject(login)).person_id
    async with room.world.owner() as session:
        session.add(
            Employment(
                id=new_id(now), person_id=person, unit=unit, since=date(2015, 1, 1), until=until, recorded_at=now,
                recorded_by=person,
            )
        )  # fmt: skip


async def number_of_first_petitioner(room: Room) -> str:
    """Give the first petitioner an identity number, as the registration would have."""
    number = identity_number()
    party = (await room.walk.petitioners())[0]
    async with room.world.owner() as session:
        found = await session.get_one(type(party), party.id)
        found.identity = {"id_number": number}
        blind = Sealed.ring().blind(number.encode(), PURPOSE)
        await session.execute(insert(IdentityIndex).values(case_id=party.case_id, party_id=party.id, blind=blind))
    return number


# the team


@pytest.mark.obligation("34", "33")
async def test_of_two_directors_who_form_a_team_at_once_one_is_told_that_it_stands(door: Door) -> None:
    room = await Room.entrusted(door)
    rows = await room.team()
    answers = await asyncio.gather(
        room.attempt("xgll.director", "form-team", members=rows),
        room.attempt("xgll.deputy", "form-team", members=rows, post="wr_deputy"),
    )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert {answer.status_code for answer in answers} <= {200, 409, 412} and len({a.status_code for a in answers}) == 2
    async with room.world.owner() as session:
        active = select(Team.id).where(Team.case_id == room.walk.case_id, Team.dissolved_at.is_(None))
        assert len((await session.scalars(active)).all()) == 1


@pytest.mark.obligation("4")
async def test_a_party_sits_on_no_team_whatever_post_they_have(door: Door) -> None:
    room = await Room.entrusted(door)
    await tell_kin(room, "xgll.lawyer", "self", await number_of_first_petitioner(room))
    wrong = await room.wrong("xgll.director", "form-team", members=await with_lawyer(room))
    assert wrong == {(LAWYER, "related_to_party")}


@pytest.mark.obligation("4")
async def test_a_near_relative_of_a_party_is_refused_at_the_row(door: Door) -> None:
    room = await Room.entrusted(door)
    await tell_kin(room, "xgll.lawyer", "sibling", await number_of_first_petitioner(room))
    wrong = await room.wrong("xgll.director", "form-team", members=await with_lawyer(room))
    assert wrong == {(LAWYER, "related_to_party")}


@pytest.mark.obligation("4")
async def test_who_serves_or_has_served_the_unit_concerned_is_refused(door: Door) -> None:
    room = await Room.entrusted(door)
    await employ(room, "xgll.notary_b", "云岭路桥建设有限公司迪庆分公司", until=date(2019, 12, 31))
    rows = await room.team(xgll__notary_b="notary")
    assert await room.wrong("xgll.director", "form-team", members=rows) == {(LAWYER, "related_to_party")}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("云岭路桥建设有限公司", "云岭路桥建设有限公司迪庆分公司", True),
        ("云岭路桥建设有限公司", "云岭路桥", True),
        ("云岭", "云岭路桥建设有限公司", False),
        ("大理路桥建设有限公司", "云岭路桥建设有限公司", False),
    ],
)
def test_a_branch_is_the_same_unit_and_a_short_word_is_none(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same


@pytest.mark.obligation("4")
async def test_who_has_declared_an_interest_is_excluded_from_the_team(door: Door) -> None:
    room = await Room.entrusted(door)
    await room.do("xgll.deputy", "declare-conflict", post="wr_deputy", ground="kinship", fact="当事人是本人表亲")
    rows = await room.team(xgll__deputy="team_leader")
    assert (LAWYER, "excluded") in await room.wrong("xgll.director", "form-team", members=rows)


async def test_the_identity_index_and_the_declared_numbers_are_digests_of_one_purpose() -> None:
    assert PURPOSE == BLIND_PURPOSE


@pytest.mark.obligation("7")
async def test_who_chooses_sees_posts_profession_load_skills_and_languages(own_world: World) -> None:
    """In a province of its own: elsewhere the cases of other tests come in hand while the clock moves on."""
    lawyer = (await own_world.subject("xgll.lawyer")).person_id
    async with own_world.owner() as session:
        await session.merge(PersonSkills(person_id=lawyer, skills=["征地拆迁"], languages=["藏语"]))
    first = await build.entrusted(own_world)
    assert "在办 0 件" in await offered(first, lawyer)
    await first.do("xgll.director", "form-team", members=await build.rows(own_world))
    label = await offered(await build.entrusted(own_world), lawyer)
    assert all(word in label for word in ("律师", "征地拆迁", "藏语", "在办 1 件"))


async def offered(walk: Walk, person: UUID) -> str:
    """How the director's list of candidates names this person."""
    async with walk.world.as_("xgll.director") as (session, subject):
        case = await gate.fetch(session, subject, Action.TEAM_FORM, walk.case_id)
        options = await candidate_options(session, subject, case)
    return next(option.label for option in options if option.value == str(person))


@pytest.mark.obligation("4", "31a")
async def test_every_list_offers_only_people_whom_a_seat_accepts(door: Door) -> None:
    room = await Room.entrusted(door)
    await tell_kin(room, "xgll.grassroots", "sibling", await number_of_first_petitioner(room))
    relative, helper, official, mediator = [
        await room.person(login) for login in ("xgll.grassroots", "xgll.aux", "xgll.traffic", "xgll.mediator")
    ]
    offered = await room.options("xgll.director", "form-team", "team_candidates")
    assert not {relative, helper} & set(offered) and {official, mediator} <= set(offered)
    await room.do("xgll.director", "form-team", members=await room.team())
    successors = await room.options("xgll.director", "replace-member", "team_successors")
    assert official not in successors and mediator in successors


async def test_choosing_asks_the_database_as_often_for_two_as_for_many(door: Door) -> None:
    room = await Room.entrusted(door)
    numbers = []
    for login, role in (("xgll.director", None), ("xgll.director", None)):
        case = await room.world.case(room.walk.case_id)
        async with room.world.as_(login, role) as (session, subject):
            with recorded(room.world.store) as sent:
                found = await room.world.catalogue.options["team_candidates"](session, subject, case)
        numbers.append((len(found), len(sent)))
        await _more_people(room)
    assert numbers[0][0] < numbers[1][0]
    assert numbers[0][1] == numbers[1][1]


async def _more_people(room: Room) -> None:
    """Two more lent to this case."""
    async with room.world.owner() as session:
        for number in range(2):
            person = new_id(room.world.clock.now() + timedelta(milliseconds=number))
            await session.execute(
                text("insert into persons (id, name, profession) values (:id, '借调专家', 'lawyer')"), {"id": person}
            )
            await session.execute(
                text(
                    "insert into case_relations (id, case_id, relation, role, person_id, since, until, source,"
                    " filed_at) select :id, c.id, 'assists', 'lawyer', :id, c.filed_at, '9999-12-31', 'test',"
                    " c.filed_at"
                    " from cases c where c.id = :case"
                ),
                {"id": person, "case": room.walk.case_id},
            )


@pytest.mark.obligation("33")
async def test_a_member_whose_term_has_ended_loses_sight_at_once(door: Door) -> None:
    room = await Room.entrusted(door)
    rows = await with_lawyer(room)
    rows[2]["until_on"] = str(local_date(room.world.clock.now()))
    await room.do("xgll.director", "form-team", members=rows)
    assert await room.status("xgll.lawyer") == 200
    room.world.clock.advance(days=1)
    assert not await room.sees("xgll.lawyer")
    async with room.world.as_("xgll.director") as (session, _):
        team = await team_of(session, room.walk.case_id)
    assert team is not None
    assert {one.role: one.status for one in team.members if one.role in ("lawyer", "handler")} == {
        "lawyer": "ended",
        "handler": "accepted",
    }


@pytest.mark.obligation("33")
async def test_a_member_whose_term_is_to_come_sees_nothing_before_it(door: Door) -> None:
    room = await Room.entrusted(door)
    rows = await with_lawyer(room)
    rows[2]["since_on"] = str(local_date(room.world.clock.now()) + timedelta(days=1))
    await room.do("xgll.director", "form-team", members=rows)
    assert await room.status("xgll.lawyer") == 404
    room.world.clock.advance(days=1)
    assert await room.sees("xgll.lawyer")


async def test_a_term_ends_after_it_begins_and_the_handler_begins_at_once(door: Door) -> None:
    room = await Room.entrusted(door)
    today = local_date(room.world.clock.now())
    rows = await with_lawyer(room)
    rows[0]["since_on"] = str(today + timedelta(days=3))
    rows[1]["since_on"] = str(today - timedelta(days=3))
    rows[2] |= {"since_on": str(today + timedelta(days=3)), "until_on": str(today)}
    assert await room.wrong("xgll.director", "form-team", members=rows) == {
        ("members.0.since_on", "begins_later"),
        ("members.1.since_on", "in_past"),
        ("members.2.until_on", "before_since"),
    }


async def test_the_seat_of_a_handler_whose_term_has_ended_is_filled_again(door: Door) -> None:
    room = await Room.entrusted(door)
    rows = await room.team()
    rows[0]["until_on"] = str(local_date(room.world.clock.now()))
    await room.do("xgll.director", "form-team", members=rows)
    room.world.clock.advance(days=1)
    assert not await room.sees("xgll.handler")
    seat = {"role": "handler", "person_id": await room.person("xgll.handler"), "no_conflict": True}
    await room.walk.do("xgll.director", "fill-seat", **seat)
    assert await room.sees("xgll.handler")


@pytest.mark.obligation("33")
async def test_a_member_joins_a_standing_team_under_the_same_rules(door: Door) -> None:
    room = await Room.confirmed(door)
    row = await build.row(room.world, "xgll.forensic", "lawyer")
    assert await room.wrong("xgll.director", "add-member", **row) == {("role", "not_qualified")}
    second = await build.row(room.world, "xgll.deputy", "handler")
    assert ("role", "taken") in await room.wrong("xgll.director", "add-member", **second)
    await room.do("xgll.director", "add-member", **await build.row(room.world, "xgll.forensic", "forensic_expert"))
    assert await room.status("xgll.forensic") == 200


@pytest.mark.obligation("33")
async def test_a_dissolved_team_sees_nothing_any_more_and_another_may_be_formed(door: Door) -> None:
    room = await Room.confirmed(door)
    number = (await room.read("xgll.director"))["details"]["case_no"]
    await room.do("xgll.director", "dissolve-team", reason="reformed")
    assert await room.status("xgll.lawyer") == 404
    assert await room.refused("xgll.director", "confirm-team") == "team_missing"
    await room.do("xgll.director", "form-team", members=await room.team())
    assert (await room.read("xgll.director"))["details"]["case_no"] == number


@pytest.mark.obligation("N8", "4")
async def test_a_mediator_whom_a_party_refuses_is_replaced_without_a_reason_and_not_put_forward_again(
    door: Door,
) -> None:
    room = Room(door, await build.formed(door.world))
    member = str((await build.members(room.walk))["mediator"].id)
    answer = {"member_id": member, "party_ids": (await build.table(room.walk))[:1], "accepted": False}
    await room.do("xgll.director", "accept-member", **answer, form="oral")
    assert await room.refused("xgll.director", "confirm-team") == "members_not_accepted"
    same = {"member_id": member, "reason": "refused", "no_conflict": True}
    refused = await room.wrong("xgll.director", "replace-member", person_id=await room.person("xgll.mediator"), **same)
    assert refused == {("person_id", "same_person")}
    await room.do("xgll.director", "replace-member", person_id=await room.person("xgll.handler"), **same)
    again = await build.row(room.world, "xgll.mediator", "mediator")
    assert await room.wrong("xgll.director", "add-member", **again) == {("person_id", "declined")}
