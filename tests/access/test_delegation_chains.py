"""Random lending, lending on, taking back and the passing of days, against a plain model of it.

Nobody ever holds by what was lent more than who lent it holds, and after a revocation nothing of it remains.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput
from tests.access.lending import ALWAYS, lend, may, take_back
from tests.cases.build import Walk, assessing
from tests.world import World

DIRECTOR = "xgll.director"
STAFF = ("xgll.lawyer", "xgll.notary_a", "xgll.grassroots", "xgll.legal_aid")
HELD = frozenset({"case:read", "case:read.timeline", "case:read.statement", "case:note"})
"""What the director holds and can lend; the other two of the pool are beyond the own right, or can't be lent."""
POOL = sorted(HELD | {"evidence:add", "case:close"})


class Lend(Struct, frozen=True):
    lender: str
    borrower: str
    actions: frozenset[str]
    days: int
    onward: bool


class TakeBack(Struct, frozen=True):
    which: int


class Days(Struct, frozen=True):
    pass


class Lent(Struct):
    """One delegation of the model."""

    id: UUID
    lender: str
    borrower: str
    actions: frozenset[str]
    until: datetime
    onward: bool
    parent: "Lent | None"
    revoked: bool = False

    def stands(self, now: datetime) -> bool:
        above = self.parent is None or self.parent.stands(now)
        return not self.revoked and self.until > now and above

    def lenders(self) -> set[str]:
        return {self.lender} | (self.parent.lenders() if self.parent else set())


PEOPLE = st.sampled_from((DIRECTOR, *STAFF))
LENDING = st.builds(
    Lend,
    lender=PEOPLE,
    borrower=st.sampled_from((DIRECTOR, *STAFF)),
    actions=st.frozensets(st.sampled_from(POOL), min_size=1, max_size=3),
    days=st.sampled_from((1, 5)),
    onward=st.booleans(),
)
STEPS = st.lists(
    st.one_of(LENDING, LENDING, LENDING, st.builds(TakeBack, st.integers(0, 9)), st.builds(Days)),
    min_size=3,
    max_size=10,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_what_is_lent_never_exceeds_what_was_held(world: World, steps: list[Lend | TakeBack | Days]) -> None:
    walk, model = await case_of(world), list[Lent]()
    for step in steps:
        await _take(world, walk, model, step)
        await _compare(world, walk, model)
    for root in [one for one in model if one.parent is None and one.stands(world.clock.now())]:
        await take_back(world, DIRECTOR, root.id)
    for login in STAFF:
        assert await may(world, login, walk.case_id) == frozenset()


CASES: dict[int, Walk] = {}


async def case_of(world: World) -> Walk:
    """One for all examples: each takes back what it lent."""
    if id(world) not in CASES:
        CASES[id(world)] = await assessing(world, persons=1)
    return CASES[id(world)]


async def _take(world: World, walk: Walk, model: list[Lent], step: Lend | TakeBack | Days) -> None:
    if isinstance(step, Days):
        world.clock.advance(days=2)
    elif isinstance(step, Lend):
        await _lend(world, walk, model, step)
    elif standing := [one for one in model if one.stands(world.clock.now())]:
        chosen = standing[step.which % len(standing)]
        await take_back(world, chosen.lender, chosen.id)
        chosen.revoked = True


async def _lend(world: World, walk: Walk, model: list[Lent], step: Lend) -> None:
    now = world.clock.now() + timedelta(seconds=1)
    last = local_date(now) + timedelta(days=step.days)
    sources = [one for one in model if one.borrower == step.lender and one.onward and one.stands(now)]
    fitting = [one for one in sources if step.actions <= one.actions and last <= local_date(one.until)]
    parent = fitting[0] if fitting else None
    right = step.lender == DIRECTOR and step.actions <= HELD
    circle = parent is not None and not right and step.borrower in parent.lenders()
    attempt = lend(walk, step.lender, step.borrower, actions=sorted(step.actions), days=step.days, onward=step.onward)
    if step.borrower == step.lender or circle or not (right or parent):
        with pytest.raises((InvalidInput, Forbidden)):
            await attempt
        return
    row = await attempt
    model.append(
        Lent(row.id, step.lender, step.borrower, step.actions, row.until, step.onward, None if right else parent)
    )
    assert row.parent_id == (None if right or parent is None else parent.id)


async def _compare(world: World, walk: Walk, model: list[Lent]) -> None:
    now = world.clock.now()
    standing = [one for one in model if one.stands(now)]
    for one in standing:
        assert one.actions <= (one.parent.actions if one.parent else HELD)
    for login in STAFF:
        mine = [one for one in standing if one.borrower == login]
        expected = frozenset().union(*(one.actions | ALWAYS for one in mine))
        onward = {"case:delegate"} if any(one.onward for one in mine) else set()
        assert await may(world, login, walk.case_id) == expected | onward


async def test_lending_on_that_races_a_revocation_leaves_nothing(world: World) -> None:
    walk = await assessing(world, persons=1)
    for _ in range(5):
        row = await lend(walk, DIRECTOR, STAFF[0], onward=True)
        await asyncio.gather(lend(walk, STAFF[0], STAFF[1]), take_back(world, DIRECTOR, row.id), return_exceptions=True)
        for login in STAFF[:2]:
            assert await may(world, login, walk.case_id) == frozenset()
