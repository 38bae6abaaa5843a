"""Mediation may end without an agreement; then everyone learns on the same day which ways stay open."""

from collections import Counter

import pytest
from sqlalchemy import select

from cases.editions import MoveRefused
from cases.history import Event, Timer
from cases.papers import Paper
from foundation.errors import InvalidInput
from tests.dossiers.build import Built, rows
from tests.world import World

SUIT = {"way": "civil_suit", "organ": "香格里拉市人民法院", "last_day": "2029-03-01"}


async def remedy_notices(world: World, built: Built) -> list[Paper]:
    return [paper for paper in await rows(world, Paper, built) if paper.kind == "remedy_notice"]


async def test_a_failed_mediation_gives_each_party_the_same_notice_on_the_same_day(
    world: World, at_table: Built
) -> None:
    case = await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=[SUIT])
    notices = await remedy_notices(world, at_table)
    assert Counter(paper.party_id for paper in notices) == Counter([*at_table.petitioners, at_table.company])
    own = {"remedy_clock", "undated_remedies"}  # the petitioners' alone (N3b)
    same = [{name: told for name, told in paper.content.items() if name not in own} for paper in notices]
    assert all(words == same[0] for words in same), "the same words to both sides (1a)"
    assert (case.state, case.outcome, case.guided_at) == ("guided", "failed", notices[0].issued_at)


async def test_a_way_that_is_closed_already_is_not_named_as_open(world: World, at_table: Built) -> None:
    late = SUIT | {"last_day": "2026-03-01"}
    for act, form in (("terminate", {"ground": "failed"}), ("guide-elsewhere", {"chosen": "litigation"})):
        with pytest.raises(InvalidInput) as refused:
            await world.do("xgll.handler", at_table.case_id, act, channels=[SUIT, late], **form)
        assert [(error.field, error.rule) for error in refused.value.fields] == [("channels.1.last_day", "passed")]


async def test_the_notice_names_organ_last_day_and_free_helpers(world: World, at_table: Built) -> None:
    await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=[SUIT])
    content = (await remedy_notices(world, at_table))[0].content
    assert content["channels"][0]["organ"] == "香格里拉市人民法院"
    assert content["channels"][0]["last_day"] == "2029-03-01"
    assert any("12348" in helper for helper in content["free_helpers"])


async def test_no_mediation_ends_without_naming_a_way_that_stays_open(world: World, at_table: Built) -> None:
    with pytest.raises(InvalidInput) as refused:
        await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=[])
    assert [error.field for error in refused.value.fields] == ["channels"]


@pytest.mark.parametrize(
    ("ground", "outcome"),
    [
        ("failed", "failed"),
        ("party_refuses", "withdrawn"),
        ("mediator_not_accepted", "failed"),
        ("unsuitable", "unsuitable"),
        ("settled_privately", "settled_privately"),
    ],
)
async def test_each_ground_has_its_own_outcome(world: World, at_table: Built, ground: str, outcome: str) -> None:
    case = await world.do("xgll.handler", at_table.case_id, "terminate", ground=ground, channels=[SUIT])
    assert case.outcome == outcome


async def test_the_end_stops_the_mediation_clock(world: World, at_table: Built) -> None:
    await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=[SUIT])
    assert all(timer.done_at for timer in await rows(world, Timer, at_table) if timer.kind == "mediation")
    assert (await world.case(at_table.case_id)).due_at is None


@pytest.mark.parametrize("chosen", ["litigation", "arbitration", "other_channel"])
async def test_the_parties_choose_the_other_way_themselves(world: World, at_table: Built, chosen: str) -> None:
    case = await world.do("xgll.handler", at_table.case_id, "guide-elsewhere", chosen=chosen, channels=[SUIT])
    assert (case.state, case.outcome) == ("guided", chosen)
    assert len(await remedy_notices(world, at_table)) == 3


async def test_the_end_is_seen_by_the_parties_and_holds_no_name(world: World, at_table: Built) -> None:
    await world.do("xgll.handler", at_table.case_id, "terminate", ground="failed", channels=[SUIT])
    async with world.owner() as session:
        query = select(Event).where(Event.case_id == at_table.case_id, Event.act == "terminate")
        event = (await session.scalars(query)).one()
    clocks = [
        {"did": "start", "kind": "civil_limitation", "due": "2029-03-01"},
        {"did": "finish", "kind": "registration_approval", "due": "2026-03-04"},
    ]
    assert (event.audience, event.data) == ("parties", {"outcome": "failed", "clocks": clocks})


async def test_an_agreed_case_is_not_terminated(world: World, agreed: Built) -> None:
    with pytest.raises(MoveRefused):
        await world.do("xgll.handler", agreed.case_id, "terminate", ground="failed", channels=[SUIT])
