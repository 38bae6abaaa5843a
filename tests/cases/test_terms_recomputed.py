"""Every term is told again from the events of its case and finds its row: after any acts, in any order."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from cases import timers
from cases.catalogue import Done
from cases.elsewhere import EFFECTS, StepElsewhere
from cases.history import Timer
from cases.models import Case
from cases.term_history import differences
from cases.terms import TERMS, Extender, Unit
from cases.timeline import new_event
from foundation.clock import SHANGHAI
from foundation.errors import DomainError
from server.operator import OPERATOR
from server.term_proof import check_terms, reckon_again
from tests.cases.build import accepted, registered
from tests.people import CLAIMS, registration
from tests.world import World

KINDS = sorted(kind for kind, term in TERMS.items() if term.unit is not Unit.AT_ONCE)


async def different(world: World, case_id: UUID) -> list[Any] | None:
    async with world.owner() as session:
        found: list[Any] | None = await differences(session, await session.get_one(Case, case_id))
        return found


async def test_a_case_with_every_remedy_known_is_told_again(world: World) -> None:
    known = ("2022-01-10", "2026-01-10", "2026-02-01")
    claims = [{**claim, "known_on": day} for claim, day in zip(CLAIMS, known, strict=True)]
    done = await world.register("jiantang.clerk", **await registration(world, persons=2) | {"claims": claims})
    assert await different(world, done.case.id) == []
    async with world.owner() as session:
        rows = await session.scalars(select(Timer).where(Timer.case_id == done.case.id))
        civil = sorted(timer.due_at.astimezone(SHANGHAI).date() for timer in rows if timer.kind == "civil_limitation")
    assert civil == [date(2025, 1, 10), date(2029, 3, 2)], "one was over already; the other began anew"


async def test_the_way_to_acceptance_over_two_offices_is_told_again(world: World) -> None:
    walk = await accepted(world, persons=3)
    assert await different(world, walk.case_id) == []
    claim = (await walk.claims())[2]
    assert claim.split_case_id is not None
    assert await different(world, claim.split_case_id) == []


async def test_a_row_that_says_otherwise_is_found(world: World) -> None:
    walk = await registered(world, persons=1)
    async with world.owner() as session:
        move = text("update timers set due_at = due_at + interval '1 day' where case_id = :case returning kind")
        (kind, *_) = list(await session.scalars(move, {"case": walk.case_id}))
    found = await different(world, walk.case_id)
    assert found
    assert {one.kind for one in found} >= {kind}
    async with world.owner() as session:
        checked = await check_terms(session)
        assert (await world.case(walk.case_id)).registration_no in {wrong.case for wrong in checked.wrong}
        await session.execute(
            text("update timers set due_at = due_at - interval '1 day' where case_id = :case"), {"case": walk.case_id}
        )


async def test_holidays_announced_later_move_the_last_days_that_hang_on_them(own_world: World) -> None:
    """Provisional until then, and shown so."""
    walk = await registered(own_world, persons=1)
    await walk.do("jiantang.clerk", "record-elsewhere", step="knew_of_labour_wrong", on_date="2026-02-11")
    async with own_world.owner() as session:
        (limit,) = await timers.running(session, walk.case_id, "labour_arbitration")
        assert limit.due_at.astimezone(SHANGHAI).date() == date(2027, 2, 11)
        days = [{"d": date(2027, 2, 5) + timedelta(days=n)} for n in range(9)]
        add = text("insert into calendar_days (date, is_workday, name, provisional) values (:d, false, '春节', false)")
        await session.execute(add, days)
    assert await different(own_world, walk.case_id) != []
    async with own_world.owner() as session:
        assert await reckon_again(session, OPERATOR) == 1
    async with own_world.owner() as session:
        audited = await session.scalar(text("select count(*) from audit_log where action = 'timer:reckoned'"))
        assert audited == 1
    assert await different(own_world, walk.case_id) == []
    async with own_world.owner() as session:
        (limit,) = await timers.running(session, walk.case_id, "labour_arbitration")
        assert limit.due_at.astimezone(SHANGHAI).date() == date(2027, 2, 15), "the Monday after the festival"


STEP = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(KINDS), st.integers(-400, 0)),
    st.tuples(st.just("agree"), st.just("performance"), st.integers(0, 200)),
    st.tuples(st.just("finish"), st.sampled_from(KINDS), st.just(0)),
    st.tuples(st.just("pause"), st.sampled_from(["mediation", "reexamination_decision", "handling"]), st.just(0)),
    st.tuples(st.just("resume"), st.sampled_from(["mediation", "reexamination_decision"]), st.just(0)),
    st.tuples(st.just("extend"), st.sampled_from(["mediation", "handling", "confirmation"]), st.integers(1, 20)),
    st.tuples(st.just("wait"), st.just(""), st.integers(0, 45)),
)


async def apply(world: World, case_id: UUID, steps: list[tuple[str, str, int]]) -> int:
    """Each step is one act with one event; returns how many were refused by name."""
    refused = 0
    for what, kind, number in steps:
        if what == "wait":
            world.clock.advance(days=number)
            continue
        world.clock.advance(seconds=1)
        try:
            async with world.as_("jiantang.head") as (session, subject):
                case = await session.get_one(Case, case_id)
                await change(session, case, what, kind, number)
                session.add(new_event(session, subject, case, "record-elsewhere", Done()))
        except DomainError:
            refused += 1
    return refused


async def change(session: Any, case: Case, what: str, kind: str, number: int) -> None:
    day = datetime.combine(date(2026, 3, 2) + timedelta(days=number), time(), SHANGHAI)
    if what == "start":
        await timers.start(session, case, kind, since=day)
    elif what == "agree":
        await timers.start(session, case, kind, due=day)
    elif what == "finish":
        await timers.finish(session, case, kind)
    elif what == "pause":
        await timers.pause(session, case, kind)
    elif what == "resume":
        await timers.resume(session, case, kind)
    else:
        by = {"mediation": Extender.PARTIES, "handling": Extender.UNIT_HEAD}.get(kind, Extender.WORKROOM)
        await timers.extend(session, case, kind, number, by)


@pytest.mark.obligation("34")
@given(steps=st.lists(STEP, min_size=1, max_size=14))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_sequence_of_changes_is_told_again_without_a_difference(
    world: World, steps: list[tuple[str, str, int]]
) -> None:
    walk = await registered(world, persons=1)
    await apply(world, walk.case_id, steps)
    assert await different(world, walk.case_id) == []
    async with world.owner() as session:
        case = await session.get_one(Case, walk.case_id)
        running = [row for row in await timers.running(session, case.id) if TERMS[row.kind].ours and not row.paused_at]
        expected = min((row.due_at for row in running), default=None)
        assert case.due_at == expected


def test_every_step_elsewhere_has_an_effect_on_some_clock() -> None:
    assert set(EFFECTS) == set(StepElsewhere)
    assert all((*one.ends, *one.starts, *one.restarts) for one in EFFECTS.values())
    assert all(kind in TERMS for one in EFFECTS.values() for kind in (*one.ends, *one.starts, *one.restarts))
