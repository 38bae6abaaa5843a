"""The proof of decisions.md 12: point check, list, row-level security and a plain oracle tell the same.

2,000 worlds in every run; `make bench-proof` draws 200,000 others (TIAOJIE_PROOF_WORLDS).
"""

import os
from collections.abc import AsyncIterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import ColumnElement, case, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.relations import CaseRelations, in_force, standings_among
from foundation.endpoints import Endpoints
from foundation.errors import Forbidden
from policies import gate
from policies.actions import Action
from policies.rules import RuleBook
from policies.table import DecisionTable
from tenants.subject import Subject
from tests.policies import oracle
from tests.policies.database import asking, inhabited, rolled_back, signed_in
from tests.policies.moving import Move, carried_out, moving_worlds
from tests.policies.world import World

WORLDS = int(os.environ.get("TIAOJIE_PROOF_WORLDS", "2000"))
SHARDS = max(4, WORLDS // 1_000)
"""Side by side in the workers of a run."""
ACTIONS = st.lists(st.sampled_from(sorted(Action)), min_size=2, max_size=2)


@pytest.fixture
async def session(endpoints: Endpoints, book: RuleBook, table: DecisionTable) -> AsyncIterator[AsyncSession]:
    """A transaction for each shard: it grows slow with what its worlds leave dead, and at last runs out of locks."""
    gate.use(gate.Gate(book, table, CaseRelations()))
    async with rolled_back(endpoints) as opened:
        yield opened


@pytest.mark.parametrize("shard", range(SHARDS))
@settings(max_examples=WORLDS // SHARDS, deadline=None, suppress_health_check=list(HealthCheck))
@given(moving=moving_worlds(), actions=ACTIONS)
async def test_point_check_list_and_database_agree_with_the_oracle(
    session: AsyncSession, shard: int, moving: tuple[World, Move | None], actions: list[Action]
) -> None:
    """In many worlds a plan has moved part of the tree before anybody asks."""
    world, move = moving
    async with inhabited(session, world):
        world = structs.replace(world, records=oracle.with_subordinates(world.records, world.tree or []))
        if move is not None:
            world = await carried_out(session, world, move)
        assert await signed_in(session, world) == [one.subject() for one in world.terms]
        for subject in world.subjects:
            await _check(session, world, subject, [Action.CASE_STATUS, *actions])


async def _check(session: AsyncSession, world: World, subject: Subject, actions: list[Action]) -> None:
    expected = {held.id: oracle.allowed(subject, held, world.records) for held in world.cases}
    async with asking(session, subject):
        rows = (await session.scalars(select(Case))).all()
        points = {row.id: (await gate.permissions(session, subject, row)).actions for row in rows[:2]}
    listed = await _listed(session, subject, actions)
    shown = {row.id for row in rows}
    for action in actions:
        assert listed[action] == {held for held, found in expected.items() if action in found}, action
        assert listed[action] <= shown, action
    for case_id, found in points.items():
        assert found == expected[case_id]
    assert shown == {held.id for held in world.cases if oracle.shown(subject, held, world.records)}
    assert shown <= {held.id for held in world.cases if oracle.related(subject, held, world.records)}
    await _check_sight(session, world, subject, rows[:1])


async def _check_sight(session: AsyncSession, world: World, subject: Subject, rows: Sequence[Case]) -> None:
    """ "Who can see this case now" reckons from the rows in hand: the same standings."""
    for row in rows:
        records = await in_force(session, row.id)
        found = standings_among(subject, row, records) if subject.role in gate.opened().table.case_roles else ()
        assert gate.decide(subject, found).actions == oracle.allowed(
            subject, next(held for held in world.cases if held.id == row.id), world.records
        )


async def _listed(session: AsyncSession, subject: Subject, actions: list[Action]) -> dict[Action, set[object]]:
    """The members of each action's list, looked up as the owner, whom no policy limits; no row lies in two."""
    columns = [_in_branches(subject, action) for action in actions]
    rows = (await session.execute(select(Case.id, *columns))).all()
    assert all(count in (0, 1) for row in rows for count in row[1:])
    return {action: {row[0] for row in rows if row[place]} for place, action in enumerate(actions, 1)}


def _in_branches(subject: Subject, action: Action) -> ColumnElement[int]:
    """In how many branches of the list a row lies."""
    try:
        branches = gate.visible(subject, action)
    except Forbidden:
        return literal(0)
    counts = [case((branch, 1), else_=0) for branch in branches]
    return sum(counts[1:], counts[0])
