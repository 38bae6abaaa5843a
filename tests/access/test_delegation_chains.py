"""Random lending, lending on, taking back and the passing of days, against a plain model of it.

Nobody ever holds by what was lent more than who lent it holds, and after a revocation nothing of it remains.
"""

import asyncio
from datetime import datetime, timedelta
from random import Random
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
    """By one of those who hold something, of what they hold, and now and then of something else too."""

    lender: int
    borrower: str
    held: frozenset[int]
    beyond: str | None
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


def steps_of(seed: int) -> list[Lend | TakeBack | Days]:
    """Twelve steps. Drawn evenly: Hypothesis' own lists prefer small values, and hardly ever lend on."""
    random = Random(seed)
    return [_step(random) for _ in range(12)]


def _step(random: Random) -> Lend | TakeBack | Days:
    kind = random.random()
    if kind < 0.2:
        return TakeBack(random.randrange(6))
    if kind < 0.25:
        return Days()
    return Lend(
        lender=random.randrange(4),
        borrower=random.choice((*STAFF, DIRECTOR)),
        held=frozenset(random.sample(range(4), random.randint(1, 4))),
        beyond=random.choice(POOL) if random.random() < 0.15 else None,
        days=random.choice((1, 5, 5, 9)),
        onward=random.random() < 0.7,
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**9))
async def test_what_is_lent_never_exceeds_what_was_held(world: World, seed: int) -> None:
    walk, model = await case_of(world), list[Lent]()
    for step in steps_of(seed):
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
    lender, actions = _wanted(model, step, now)
    sources = [one for one in model if one.borrower == lender and one.onward and one.stands(now)]
    fitting = [one for one in sources if actions <= one.actions and last <= local_date(one.until)]
    parent = fitting[0] if fitting else None
    right = lender == DIRECTOR and actions <= HELD
    circle = parent is not None and step.borrower in parent.lenders()
    attempt = lend(walk, lender, step.borrower, actions=sorted(actions), days=step.days, onward=step.onward)
    if step.borrower == lender or circle or not (right or parent):
        with pytest.raises((InvalidInput, Forbidden)):
            await attempt
        return
    row = await attempt
    model.append(Lent(row.id, lender, step.borrower, actions, row.until, step.onward, parent))
    assert row.parent_id == (parent.id if parent else None)


def _wanted(model: list[Lent], step: Lend, now: datetime) -> tuple[str, frozenset[str]]:
    """Who lends, and what: first of all the last one who may lend on."""
    standing = [one for one in reversed(model) if one.stands(now)]
    holders = sorted(dict.fromkeys(one.borrower for one in standing), key=lambda login: not _lends_on(standing, login))
    lender = [*holders, DIRECTOR][step.lender % (len(holders) + 1)]
    held = next((one.actions for one in standing if one.borrower == lender), HELD)
    chosen = {sorted(held)[place % len(held)] for place in step.held}
    return lender, frozenset(chosen | ({step.beyond} if step.beyond else set()))


def _lends_on(standing: list[Lent], login: str) -> bool:
    return any(one.onward for one in standing if one.borrower == login)


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
