"""Everybody of the demonstration before one case at three moments of a handover: who reads, who knows, who nothing.

What is not named here must see nothing: every post is asked, so that a right too many shows as well as one too few.
"""

import csv
from collections import defaultdict
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, false, or_, select

import organisation
from cases.models import Case
from foundation.errors import Forbidden, NotFound
from policies import gate
from policies.actions import Action
from policies.matrix import Wish, standings
from policies.relations import Relation
from server.commands.policy import explanation_for
from tenants.subject import Subject
from tests.cases.build import registered
from tests.world import World

FILE = Path(organisation.__file__).parent / "data" / "demonstration.csv"
ABOVE = {"diqing.supervisor", "yunnan.supervisor"}
SIGHTS = {
    "reads": Action.CASE_READ,
    "status": Action.CASE_STATUS,
    "preview": Action.HANDOVER_PREVIEW,
    "finds": Action.CASE_FIND,
}

FOLLOW = {
    "diqing.complaints",
    "yunnan.complaints",
    "diqing.conference",
    "yunnan.conference",
    "yunnan.auditor",
    "xgll.privacy",
    "diqing.privacy",
    "yunnan.privacy",
}
"""Above: the progress alone, until a complaint or an order of theirs stands."""
AT_THE_TOWNSHIP = {
    "reads": {"jiantang.clerk", "jiantang.head", "jiantang.chair"} | ABOVE,
    "status": {
        *("xgll.auditor", "xgll.payer", "xgll.reviewer", "xgll.reviewer2", "xgll.cashier"),
        *("xgll.justice", "xgll.petition"),
        *("xgll.complaints", "xgll.guide", "xgll.lgo"),
        *FOLLOW,
    },
}
OFFERED = {**AT_THE_TOWNSHIP, "preview": {"xgll.director"}}
AT_THE_WORKROOM = {
    "reads": {
        *("xgll.director", "xgll.deputy", "xgll.archivist", "xgll.chair", "xgll.lgo", "xgll.justice", "xgll.petition"),
        *ABOVE,
    },
    "status": {
        *("jiantang.clerk", "jiantang.head"),
        *("xgll.daily", "xgll.payer", "xgll.reviewer", "xgll.reviewer2", "xgll.cashier", "xgll.auditor", "xgll.guide"),
        *FOLLOW,
    },
    "finds": {"xgll.intake"},
}


async def everybody(world: World) -> list[tuple[str, Subject]]:
    with FILE.open(encoding="utf-8") as file:
        posts = [(row["login"], row["role"]) for row in csv.DictReader(file)]
    return [(login, await world.subject(login, role)) for login, role in posts]


async def sights(world: World, case_id: UUID) -> dict[str, set[str]]:
    """Who has which sight of the case; whoever has none is in no set. The list must agree with the single look."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for login, subject in await everybody(world):
        async with world.store.scoped(subject.scope) as session:
            case = await session.get(Case, case_id)
            actions = (await gate.permissions(session, subject, case)).actions if case else frozenset[str]()
            listed = await session.scalar(select(Case.id).where(Case.id == case_id, or_(false(), *branches(subject))))
        assert (listed is not None) is (Action.CASE_STATUS in actions), login
        sight = next((name for name, action in SIGHTS.items() if action in actions), None)
        if sight:
            found[sight].add(login)
    return dict(found)


def branches(subject: Subject) -> list[ColumnElement[bool]]:
    try:
        return gate.visible(subject)
    except Forbidden:
        return []


async def test_who_sees_a_case_at_the_township_while_it_is_offered_and_at_the_workroom(world: World) -> None:
    walk = await registered(world, persons=2)
    assert await sights(world, walk.case_id) == AT_THE_TOWNSHIP
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    assert await sights(world, walk.case_id) == OFFERED
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    assert await sights(world, walk.case_id) == AT_THE_WORKROOM


async def test_everybody_may_with_a_case_exactly_what_the_matrix_says_of_their_relations(world: World) -> None:
    """By standings that name no other role and lend nothing by name: what the matrix page shows is what happens."""
    walk = await registered(world, persons=1)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    asked = 0
    for login, subject in await everybody(world):
        async with world.store.scoped(subject.scope) as session:
            case = await session.get(Case, walk.case_id)
            if case is None:
                continue
            found = await gate.standings(session, subject, case)
            allowed = (await gate.permissions(session, subject, case)).actions
        assert all(standing.role is None and standing.actions is None for standing in found), login
        said = standings(gate.opened().book, Wish(role=subject.role, tier=subject.tier))
        named = {one.relation: one.actions.keys() for one in said}
        assert allowed == {action for standing in found for action in named.get(standing.relation, ())}, login
        asked += 1
    assert asked > 10


async def test_the_command_explains_a_person_by_login_and_number(world: World) -> None:
    walk = await registered(world, persons=1)
    number = (await world.case(walk.case_id)).registration_no
    async with world.owner() as session:
        clerk = await explanation_for(session, "jiantang.clerk", None, number, Action.CASE_READ)
        stranger = await explanation_for(session, "deqin.director", "wr_director", number, Action.CASE_READ)
        with pytest.raises(NotFound):
            await explanation_for(session, "nobody", None, number, Action.CASE_READ)
        with pytest.raises(NotFound):
            await explanation_for(session, "jiantang.clerk", None, "000", Action.CASE_READ)
    assert (clerk.allowed, clerk.rule, clerk.relation) == (True, "2", Relation.REGISTRAR)
    assert not stranger.allowed
