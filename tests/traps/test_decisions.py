"""Decisions cost the same however many people ask, and whoever asks: traps 3 and 4."""

import gc
import os
from pathlib import Path
from uuid import UUID

import casbin
import pytest
from sqlalchemy import text

from policies import gate
from policies.actions import Action
from policies.relations import Relation, Standing
from tenants.subject import Subject
from tests.people import registration
from tests.statements import recorded
from tests.world import World

MEBIBYTE = 1024 * 1024
CROWD = """
with people as (
    insert into persons (id, name) select gen_random_uuid(), '虚构' || n from generate_series(1, 5000) n returning id
)
insert into posts (id, person_id, office_id, role, since)
select gen_random_uuid(), id, :office, 'intake', timestamptz '2026-01-01' from people
"""


def resident() -> int:
    """Bytes that this process holds in memory."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def ask_as_strangers(numbers: range) -> bool:
    """As people, roles and tenants that nobody knows."""
    granted = False
    for number in numbers:
        subject = Subject(UUID(int=number), f"role{number}", "C", number, number, "workroom")
        granted |= gate.may(subject, Action.CASE_READ)
        granted |= bool(gate.decide(subject, (Standing(Relation.TEAM, f"part{number}"),)).actions)
    return granted


def list_as_people(numbers: range) -> None:
    """As directors of whom none asks twice."""
    for number in numbers:
        gate.visible(Subject(UUID(int=number), "wr_director", "C", number, number, "workroom"))


async def test_a_hundred_thousand_unknown_people_roles_and_tenants_leave_memory_flat(world: World) -> None:
    assert not ask_as_strangers(range(5_000))
    list_as_people(range(4_000))
    before = resident()
    assert not ask_as_strangers(range(5_000, 105_000))
    list_as_people(range(4_000, 6_000))
    assert resident() - before < 5 * MEBIBYTE


async def test_the_first_decision_in_a_tenant_of_five_thousand_asks_what_it_asks_in_a_small_one(
    own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement, in which neither people nor posts occur; Casbin, whose cost grows with its rules, is not asked."""
    monkeypatch.setattr(casbin.Enforcer, "enforce_ex", None, raising=False)
    case = (await own_world.register("xgll.intake", **await registration(own_world, persons=1))).case
    few = await _asked_for_a_decision(own_world, case.id)
    async with own_world.owner() as session:
        office = (await own_world.subject("xgll.intake")).office_id
        await session.execute(text(CROWD), {"office": office})
    many = await _asked_for_a_decision(own_world, case.id)
    assert many == few
    assert len(few) == 1
    assert not [word for word in ("persons", "posts", "accounts") if word in few[0]]


async def _asked_for_a_decision(world: World, case_id: UUID) -> list[str]:
    async with world.as_("xgll.intake") as (session, subject):
        case = await gate.opened().source.load(session, case_id, lock=False)
        with recorded(world.store) as asked:
            permissions = await gate.permissions(session, subject, case)
    assert Action.CASE_READ in permissions.actions
    return asked
