"""What becomes due is warned of ahead, marked, and told tier after tier: once, however often or late the job runs."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cases import timers
from cases.models import Case
from cases.terms import TERMS
from foundation.clock import local_date
from foundation.working_days import Calendar
from oversight.deadline_rules import Rung
from oversight.deadline_steps import Doing, Step, look, steps
from oversight.deadlines import supervising
from server.recurring import mark_overdue
from tests.cases.build import Walk, accepted, assessing, registered
from tests.world import World

EXAMPLES = int(os.environ.get("TIAOJIE_DEADLINE_EXAMPLES", "60"))
FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 365 * 4).map(lambda n: FIRST + timedelta(days=n))
OFF = st.lists(DAYS, max_size=40).map(lambda days: Calendar(dict.fromkeys(days, False)))
RUNGS = st.lists(st.integers(1, 30), max_size=4, unique=True).map(
    lambda days: [Rung(day, tier) for tier, day in enumerate(sorted(days))]
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(due=DAYS, lead=st.integers(0, 20), calendar=OFF, rungs=RUNGS, working=st.booleans(), data=st.data())
def test_the_same_is_done_whenever_the_job_looks(
    due: date, lead: int, calendar: Calendar, rungs: list[Rung], working: bool, data: st.DataObject
) -> None:
    """Across years and holidays: of two courses of looks up to one instant only a late warning may be missing."""
    end_of_due = datetime(due.year, due.month, due.day, 15, 59, 59, tzinfo=UTC)
    planned = steps(end_of_due, lead, calendar, rungs, working=working)
    assert list(planned) == sorted(planned, key=lambda step: step.at)
    hours = data.draw(st.lists(st.integers(-24 * 60, 24 * 90), min_size=1, max_size=8).map(sorted))
    taken, again = 0, None
    done: list[Step] = []
    for hour in hours:
        now = end_of_due + timedelta(hours=hour)
        found = look(planned, taken, now)
        done, taken, again = [*done, *found.now], found.taken, found.again
        assert look(planned, taken, now).now == ()
        assert again is None or again > now
    last = end_of_due + timedelta(hours=hours[-1])
    must = [step for step in planned if step.at <= last and step.doing is not Doing.NOTHING]
    assert len(done) == len(set(done))
    assert [step for step in done if step.doing is not Doing.SOON] == [s for s in must if s.doing is not Doing.SOON]
    if any(
        step.doing is Doing.SOON and step.at <= end_of_due + timedelta(hours=h) <= end_of_due
        for step in planned
        for h in hours
    ):
        assert any(step.doing is Doing.SOON for step in done)
    if lead and working:
        assert calendar.between(local_date(planned[0].at), due) == lead


@given(lead=st.sampled_from([0, 1, 10]), other=st.sampled_from([0, 1, 10]), hour=st.integers(-24 * 20, 24 * 40))
def test_a_changed_lead_takes_away_no_step_and_repeats_none(lead: int, other: int, hour: int) -> None:
    due, rungs = datetime(2026, 3, 31, 15, 59, 59, tzinfo=UTC), [Rung(3, 0), Rung(10, 1)]
    before, after = (steps(due, days, Calendar({}), rungs, working=False) for days in (lead, other))
    first = look(before, 0, due + timedelta(hours=hour))
    second = look(after, first.taken, due + timedelta(days=90))
    done = [step.doing for step in (*first.now, *second.now) if step.doing is not Doing.SOON]
    assert done == [Doing.OVERDUE, Doing.RUNG, Doing.RUNG]


@settings(max_examples=EXAMPLES, deadline=None)
@given(chain=st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True), up=st.integers(0, 9), data=st.data())
def test_the_ladder_ends_at_the_province(chain: list[int], up: int, data: st.DataObject) -> None:
    desks = {tenant: 100 + tenant for tenant in data.draw(st.lists(st.sampled_from(chain), unique=True))}
    desks[chain[-1]] = 100 + chain[-1]
    told = supervising(chain, up, desks)
    assert told is not None
    assert chain.index(told - 100) >= min(up, len(chain) - 1)


async def told(world: World, like: str, *, once: bool = True) -> dict[str, list[int]]:
    """Offices by what is told, of causes that begin like this. Asserts that nothing is told twice, if `once`."""
    async with world.owner() as session:
        rows = await session.execute(
            text(
                "select payload ->> 'cause', payload -> 'offices' from outbox"
                " where topic = 'notice.told' and payload ->> 'cause' like :like order by id"
            ),
            {"like": like + "%"},
        )
        found = [tuple(row) for row in rows]
    assert not once or len({cause for cause, _ in found}) == len(found)
    return {cause.rpartition(":")[2]: offices for cause, offices in found}


async def term(world: World, case_id: UUID, kind: str) -> tuple[UUID, datetime, datetime | None]:
    async with world.owner() as session:
        row = await session.execute(
            text(
                "select id, due_at, overdue_at from timers where case_id = :case and kind = :kind and done_at is null"
            ),
            {"case": case_id, "kind": kind},
        )
        found: tuple[UUID, datetime, datetime | None] = tuple(row.one())
        return found


async def at(world: World, moment: datetime) -> None:
    world.clock.advance(seconds=(moment - world.clock.now()).total_seconds())
    await mark_overdue(world.store)


async def change(world: World, case_id: UUID, do: str, **given: int) -> None:
    async with world.as_("xgll.director") as (session, _):
        case = await session.get_one(Case, case_id)
        await getattr(timers, do)(session, case, "mediation", **given)


async def test_a_term_is_warned_of_ahead_by_its_lead_and_a_pause_and_an_extension_move_the_warning(
    world: World,
) -> None:
    walk = await accepted(world, persons=1)
    (own, due, _) = await term(world, walk.case_id, "mediation")
    office = await world.office("xgll.director")
    await at(world, due - timedelta(days=8))
    assert await told(world, f"timers:{own}") == {}
    await change(world, walk.case_id, "pause")
    await at(world, due + timedelta(days=1))
    assert await told(world, f"timers:{own}") == {}
    await change(world, walk.case_id, "resume")
    (_, later, _) = await term(world, walk.case_id, "mediation")
    assert later - due == timedelta(days=9)
    await at(world, later - timedelta(days=6))
    await at(world, later - timedelta(days=5))
    assert await told(world, f"timers:{own}") == {"soon": [office]}
    await change(world, walk.case_id, "extend", days=10)
    (_, last, _) = await term(world, walk.case_id, "mediation")
    await at(world, last - timedelta(days=6))
    assert await told(world, f"timers:{own}:{local_date(last)}") == {"soon": [office]}


async def test_a_term_with_a_long_lead_is_warned_of_so_long_before(world: World) -> None:
    """Nobody hears of a limitation 45 days before its end who should 90 days before; and the job looks no earlier than
    it has to. Every lead of the program is within what the database looks ahead."""
    async with world.owner() as session:
        for kind, known in TERMS.items():
            ahead = await session.scalar(text("select extract(day from term_look_ahead(:kind))"), {"kind": kind})
            assert ahead is not None and ahead >= 2 * known.lead + 10, kind
    walk = await accepted(world, persons=1)
    due = world.clock.now() + timedelta(days=100)
    own = await given_term(world, walk.case_id, "civil_limitation", due)
    await at(world, due - timedelta(days=91, hours=12))
    assert await told(world, f"timers:{own}") == {}
    await at(world, due - timedelta(days=89))
    assert await told(world, f"timers:{own}") == {"soon": [await world.office("xgll.director")]}


async def given_term(world: World, case_id: UUID, kind: str, due: datetime) -> UUID:
    """As a load brings it along."""
    own = uuid4()
    async with world.owner() as session:
        await session.execute(
            text(
                "insert into timers (id, case_id, kind, source, started_at, due_at, recorded_at)"
                " select :id, :case, :kind, source, started_at, :due, recorded_at from timers"
                " where case_id = :case limit 1"
            ),
            {"id": own, "case": case_id, "kind": kind, "due": due},
        )
        await session.commit()
    return own


async def set_lead(world: World, login: str, days: int, since: date) -> None:
    """This person's tenant's own, for 协议履行."""
    given = {"at": (await world.subject(login)).tenant_id, "day": since, "days": days}
    async with world.owner() as session:
        await session.execute(
            text(
                "insert into term_settings (tenant_id, kind, lead_days, valid_from, reason)"
                " values (:at, 'performance', :days, :day, '农忙时节早提醒')"
            ),
            given,
        )
        await session.commit()


async def test_who_takes_a_case_over_is_warned_by_the_own_lead(own_world: World) -> None:
    world, walk = own_world, await registered(own_world, persons=1)
    now = world.clock.now()
    own = await given_term(world, walk.case_id, "performance", now + timedelta(days=25))
    await set_lead(world, "jiantang.head", 1, local_date(now))
    await set_lead(world, "xgll.director", 28, local_date(now))
    await mark_overdue(world.store)
    await walk.do("jiantang.head", "approve-registration", answer="approve")
    await walk.do("jiantang.head", "offer-handover", to_office_id=await world.office("xgll.director"), reason="company")
    await mark_overdue(world.store)
    assert await told(world, f"timers:{own}") == {}
    await walk.do("xgll.director", "accept-handover", no_conflict=True)
    await mark_overdue(world.store)
    assert await told(world, f"timers:{own}") == {"soon": [await world.office("xgll.director")]}


async def test_a_longer_lead_counts_for_what_is_near_from_its_day_on(own_world: World) -> None:
    """Also where the job has looked already, and where the new lead begins on a later day."""
    world, walk = own_world, await accepted(own_world, persons=1)
    office, now = await world.office("xgll.director"), world.clock.now()
    near = await given_term(world, walk.case_id, "performance", now + timedelta(days=30))
    await mark_overdue(world.store)
    later = await given_term(world, walk.case_id, "performance", now + timedelta(days=44))
    await set_lead(world, "xgll.director", 28, local_date(now) + timedelta(days=10))
    await at(world, now + timedelta(days=9))
    assert await told(world, f"timers:{near}") == {} == await told(world, f"timers:{later}")
    await at(world, now + timedelta(days=11))
    assert await told(world, f"timers:{near}") == {"soon": [office]}
    await at(world, now + timedelta(days=15))
    assert await told(world, f"timers:{later}") == {}
    await at(world, now + timedelta(days=17))
    assert await told(world, f"timers:{later}") == {"soon": [office]}


async def test_where_nobody_is_assigned_a_term_runs_out_and_goes_up_tier_after_tier(world: World) -> None:
    walk = await accepted(world, persons=1)
    (own, due, _) = await term(world, walk.case_id, "mediation")
    assert (await world.case(walk.case_id)).handler_id is None
    for days in (0, 1, 1, 30, 120):
        await at(world, due + timedelta(days=days) + timedelta(seconds=2) if days != 1 else world.clock.now())
    desks = {name: await world.office(f"{name}.lgo") for name in ("xgll", "diqing", "yunnan")}
    holder = await world.office("xgll.director")
    assert await told(world, f"timers:{own}") == {
        "overdue": [holder],
        "rung0": [desks["xgll"]],
        "rung1": [desks["diqing"]],
        "rung2": [desks["yunnan"]],
    }
    assert (await term(world, walk.case_id, "mediation"))[2] == due + timedelta(seconds=2)


async def ordered(walk: Walk) -> UUID:
    order = {"ground": "major", "requirements": "一个月内化解", "deadline": "2026-04-10", "contact": "综合科"}
    await walk.do("diqing.supervisor", "issue-order", **order)
    async with walk.world.owner() as session:
        found = await session.scalar(
            text("select id from supervision_orders where case_id = :case"), {"case": walk.case_id}
        )
    assert isinstance(found, UUID)
    return found


async def test_an_order_is_warned_of_is_overdue_and_climbs_to_the_province_once(world: World) -> None:
    walk = await accepted(world, persons=1)
    order = await ordered(walk)
    issuer, holder = await world.office("diqing.supervisor"), await world.office("xgll.director")
    await at(world, datetime(2026, 4, 4, 17, tzinfo=UTC))
    assert await told(world, f"supervision_orders:{order}") == {"soon": [issuer, holder]}
    await at(world, datetime(2026, 6, 10, tzinfo=UTC))
    await mark_overdue(world.store)
    province = await world.office("yunnan.supervisor")
    found = await told(world, f"supervision_orders:{order}")
    assert found == {"soon": [issuer, holder], "overdue": [issuer, holder], "rung1": [province]}
    await walk.do("xgll.director", "reply-order", order_id=str(order), reply="已签委托书", proof="委托书编号")
    await walk.do("diqing.supervisor", "strike-off-order", order_id=str(order), verdict="refuse", proof="未见协议")
    await mark_overdue(world.store)
    assert await told(world, f"supervision_orders:{order}", once=False) == found  # by causes that nobody hears twice
    async with world.owner() as session:
        above = await session.scalars(
            text("select office_id from order_entries where order_id = :order and deed = 'escalated'"), {"order": order}
        )
        assert list(above) == [province]


async def test_two_workers_at_once_mark_and_tell_everything_once(own_world: World) -> None:
    walks = [await assessing(own_world, persons=1) for _ in range(3)]
    own_world.clock.advance(days=200)
    marked = await asyncio.gather(*(mark_overdue(own_world.store) for _ in range(3)))
    await mark_overdue(own_world.store)
    async with own_world.owner() as session:
        overdue = await session.scalar(text("select count(*) from timers where overdue_at is not null"))
        links = await session.scalar(text("select count(*) from audit_log where action = 'timer:overdue'"))
    assert sum(marked) == overdue == links
    assert overdue and overdue >= len(walks)
    await told(own_world, "timers:")


async def test_nobody_but_the_job_marks_or_reads_the_queue_of_days(world: World) -> None:
    async with world.as_("yunnan.supervisor") as (session, _):
        assert await session.scalar(text("select count(*) from deadlines")) == 0
        with pytest.raises(DBAPIError, match="not for this job"):
            await session.execute(text("select mark_overdue('timers', '{}')"))
