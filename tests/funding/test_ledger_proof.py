"""No fen appears or vanishes, whatever hands do: handovers, payments and their return, receipts and reversals at once,
corrections of who was an official. `TIAOJIE_LEDGER_EXAMPLES` draws more than the few of every run.
"""

import os
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st

from funding.proof import prove
from tests.funding.build import agreed, approved, closed_case, find
from tests.funding.playing import Play
from tests.world import World

EXAMPLES = int(os.environ.get("TIAOJIE_LEDGER_EXAMPLES", "2"))
STEPS = int(os.environ.get("TIAOJIE_LEDGER_STEPS", "25"))
HANDS = (
    *("ask_trip", "answer_trip", "answer_trip", "hand_over", "days_pass"),
    *("pay", "pay", "pay_twice_at_once", "bounce", "receive", "receive_twice_at_once", "take_back_twice_at_once"),
    *("dispute", "answer_dispute", "correct_status", "repay"),
)
UNCLEAR = {"producer": "unclear"}


@pytest.mark.obligation("38", "51")
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # the notes tell the story; shrinking it takes minutes
)
@given(seed=st.integers(0, 2**32 - 1))
async def test_no_fen_appears_or_vanishes(own_world: World, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - nothing secret, told again by its seed
    own_world.clock.advance(hours=1)  # all examples share one province, in which time does not go back
    play = await begin(own_world, unclear=chance.random() < 0.5)
    for what in chance.choices(HANDS, k=STEPS):
        await play.step(what, chance.randrange(2**32))
    for name, count in play.counts.items():
        note(f"{name}: {count}")
        event(name, count)
    async with own_world.owner() as session:
        assert (await prove(session)).wrong == []


async def begin(world: World, unclear: bool) -> Play:
    """The open case's trips are borne by the company, or by finance where nobody can tell who is responsible."""
    going, settled = await agreed(world), await closed_case(world)
    await find(world, going, **(UNCLEAR if unclear else {}))
    await approved(world, settled)
    play = Play(world, going, settled, promised=400_000)
    play.check("begin", await play.books())
    return play
