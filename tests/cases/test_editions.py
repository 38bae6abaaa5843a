"""A case keeps the table of moves that was in force when it was registered."""

from datetime import date

import pytest
from msgspec.structs import replace

from cases import editions
from cases.acts import available
from cases.editions import EDITIONS, MoveNotInEdition, edition, edition_at
from cases.steps import MOVES
from foundation.clock import local_date
from tests.cases.build import assessing
from tests.world import World

TOMORROW = date(2026, 3, 3)


@pytest.fixture
def next_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    """From tomorrow nobody withdraws by the old act, and a note asks for another person."""
    kept = [replace(move, guards=("other_person",)) if move.act == "write-note" else move for move in MOVES]
    moves = [move for move in kept if move.act != "assess-claim"]
    monkeypatch.setattr(editions, "EDITIONS", [*EDITIONS, edition(2, TOMORROW, moves)])


def test_editions_are_in_the_order_of_their_days_and_numbers() -> None:
    assert [one.number for one in EDITIONS] == list(range(1, len(EDITIONS) + 1))
    assert [one.since for one in EDITIONS] == sorted({one.since for one in EDITIONS})


async def test_a_case_registered_before_goes_on_by_the_old_edition_and_one_after_by_the_new(
    world: World, next_edition: None
) -> None:
    old = await assessing(world, persons=1)
    world.clock.advance(days=1)
    new = await assessing(world, persons=1)
    cases = [await world.case(walk.case_id) for walk in (old, new)]
    assert [local_date(case.filed_at) < TOMORROW for case in cases] == [True, False]
    assert [edition_at(case.filed_at).number for case in cases] == [1, 2]
    claim = {"claim_id": str((await old.claims())[0].id), "decision": "suitable", "land_matter": "damage"}
    await old.do("xgll.director", "assess-claim", **claim)
    with pytest.raises(MoveNotInEdition):
        await new.do("xgll.director", "assess-claim", **claim)


async def test_what_the_page_and_the_api_offer_follows_the_same_edition(world: World, next_edition: None) -> None:
    old = await assessing(world, persons=1)
    world.clock.advance(days=1)
    new = await assessing(world, persons=1)
    offered = []
    for walk in (old, new):
        async with world.as_("xgll.director") as (session, subject):
            found = await available(session, subject, world.catalogue, await world.case(walk.case_id))
            offered.append({one.act.name for one in found})
    assert "assess-claim" in offered[0] and "assess-claim" not in offered[1]
