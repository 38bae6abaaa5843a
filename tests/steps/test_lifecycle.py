"""Random hands on one case: what the table forbids is refused by name, what it allows agrees with a plain model.

`TIAOJIE_LIFECYCLE_EXAMPLES` draws more than the few of every run; each is one case from its registration.
"""

import os
from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from msgspec import Struct
from sqlalchemy import select

from cases.acts import options_of
from cases.models import Case
from cases.petitioner import petitioner
from cases.steps import State
from cases.term_history import differences
from foundation.audit_chain import verify
from foundation.errors import DomainError
from server.catalogue import catalogue
from tenants.subject import Subject
from tests.conftest import NOON
from tests.steps.any_form import Filler
from tests.steps.model import EVERYBODY, PETITIONER, WHO
from tests.steps.moving import FORMS, Moving, begin
from tests.steps.whole_case import Whole, check_always, check_done, check_refused, read, tables_of_cases
from tests.world import World

EXAMPLES = int(os.environ.get("TIAOJIE_LIFECYCLE_EXAMPLES", "12"))
STEPS = 45
ACTS = sorted(catalogue().acts)
MAIN = (*sorted(FORMS), "accept-member", "record-performance")


KINDS = (*("onward",) * 4, *("main",) * 4, "any", "any", "days")


class Try(Struct, frozen=True):
    """One step to be taken: the next that is due, a main move, any act by anybody, or days going by.

    What else there is to choose follows from the seed.
    """

    kind: str
    seed: int


TRIES = st.builds(Try, st.sampled_from(KINDS), st.integers(0, 2**32 - 1))


class Proof(Struct):
    """One example under way; `counts` tells afterwards what was met."""

    moving: Moving
    tables: list[str]
    counts: Counter[str]
    last: Whole

    async def step(self, one: Try) -> None:
        if one.kind == "days":
            self.moving.world.clock.advance(days=one.seed % 5)
            return
        chance = Random(one.seed)  # noqa: S311 - nothing secret, told again by its seed
        who, act, form = await self._chosen(one.kind, chance)
        subject = await self._subject(who)
        if form is None:
            form = await self._any_form(subject, act, chance)
        foretold = self.moving.model.foretold(who, act, form) if one.kind != "any" else None
        code = await self._attempt(subject, act, form)
        note(f"{who} {act}: {code or 'done'} (foretold {foretold})")
        await self._judge(who, act, form, foretold, code)

    async def _chosen(self, kind: str, chance: Random) -> tuple[str, str, dict[str, Any] | None]:
        """A main move is tried mostly by one of those whose it is."""
        if kind == "onward" and (following := await self.moving.onward(chance)):
            return following
        if kind == "any":
            return chance.choice(EVERYBODY), chance.choice(ACTS), None
        act = chance.choice(MAIN)
        who = chance.choice(sorted(WHO[act]) if chance.random() < 0.7 else EVERYBODY)
        return who, act, await self.moving.form(act, chance)

    async def _judge(self, who: str, act: str, form: dict[str, Any], foretold: Any, code: str | None) -> None:
        before, after = self.last, await whole(self.moving, self.tables)
        if code is not None:
            assert not isinstance(foretold, State), (who, act, code, foretold)
            assert foretold is None or code in foretold, (who, act, code, foretold)
            check_refused(before, after)
        else:
            assert foretold is None or after.case["state"] == foretold, (who, act, after.case["state"], foretold)
            done = self.moving.world.catalogue[act]
            check_done(before, after, act, done.versioned)
            self.moving.model.done(act, form, State(after.case["state"]))
        check_always(after)
        self.last = after
        self.counts[code or "done"] += 1
        self.counts["foretold"] += foretold is not None

    async def _attempt(self, subject: Subject, act: str, form: dict[str, Any]) -> str | None:
        """The refusal's name, or None; anything but a named error is a defect and comes through."""
        try:
            await self.moving.world.do_as(subject, self.moving.case_id, act, **form)
        except DomainError as refused:
            assert refused.code != DomainError.code and refused.text("zh") and refused.status < 500
            return refused.code
        return None

    async def _subject(self, who: str) -> Subject:
        if who != PETITIONER:
            return await self.moving.world.subject(who)
        first = self.moving.model.petitioners[0]
        return petitioner(type(self.moving.case_id)(first))

    async def _any_form(self, subject: Subject, act: str, chance: Random) -> dict[str, Any]:
        """With the lists that the act offers this person now; without any for whom it is not open."""
        world = self.moving.world
        offered: dict[str, list[str]] = {}
        async with world.store.scoped(subject.scope) as session:
            case = await session.get(Case, self.moving.case_id)
            if case is not None:
                try:
                    lists = await options_of(session, subject, world.catalogue, case, act)
                except DomainError:
                    lists = {}
                offered = {name: [one.value for one in options] for name, options in lists.items()}
        return Filler(chance, offered, world.clock.now()).form(world.catalogue[act].form)


async def whole(moving: Moving, tables: list[str]) -> Whole:
    async with moving.world.owner() as session:
        return await read(session, moving.case_id, tables)


@pytest.mark.parametrize("shard", range(2))
@settings(
    max_examples=max(1, EXAMPLES // 2),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # the notes tell the story; shrinking it takes minutes
)
@given(steps=st.lists(TRIES, min_size=STEPS, max_size=STEPS))
async def test_no_random_hand_breaks_a_case_and_the_table_foretells_the_main_moves(
    world: World, shard: int, steps: list[Try]
) -> None:
    world.clock.instant = NOON
    async with world.owner() as session:
        tables = await tables_of_cases(session)
    moving = await begin(world)
    proof = Proof(moving, tables, Counter(), await whole(moving, tables))
    for one in steps:
        await proof.step(one)
    for name, count in proof.counts.items():
        event(name, count)
    event(f"ended {moving.model.state}, {'clouded' if moving.model.clouded else 'foretold'}")
    async with world.owner() as session:
        case = (await session.scalars(select(Case).where(Case.id == proof.moving.case_id))).one()
        assert await differences(session, case) == [], "every term is told again from the events"
        assert (await verify(session)).sound
