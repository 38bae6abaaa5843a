"""Everything the database holds of one case, and what must be so after every step (issue 5, Proof)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.editions import EDITIONS
from cases.steps import STEP_OF, State
from cases.terms import TERMS

TABLES = text("""select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'case_id' and table_name in
        (select relname from pg_class where relkind in ('r', 'p')) order by 1""")
CASE = text("select to_jsonb(c) from cases c where c.id = :case")
TIMERS = text(
    "select id, kind, due_at, paused_at, paused_days, extended_days, done_at from timers where case_id = :case"
)
EVENTS = text(
    """select act, state, data->'clock' as notes from events where case_id = :case order by recorded_at, id"""
)
LINKS = text("""select tenant_id, detail->>'act' as act from audit_log
    where object_kind = 'case' and object_id = :name and detail ? 'act'
    order by tenant_id, seq""")
SENT = text("""select payload->>'act' as act, payload->>'event' as event from outbox
    where topic = 'case.changed' and payload->>'case' = :name order by created_at, payload->>'event'""")
"""In the order of the events: ids of one instant have none of their own, and some acts make two events."""
TEAMS = text("select count(*) from teams where case_id = :case and dissolved_at is null")
EFFECTIVE = text("select count(*) from agreements where case_id = :case and status = 'effective'")
HOLDER = text("""with recursive line as (
        select t.id, t.parent_id, t.tier from tenants t join offices o on o.tenant_id = t.id where o.id = :office
        union all select t.id, t.parent_id, t.tier from tenants t join line l on t.id = l.parent_id)
    select tier, id from line""")
COLUMN = {"P": "province_id", "F": "prefecture_id", "C": "county_id", "T": "township_id"}
GIVEN_ONCE = ("case_no", "dossier_no", "persons_at_acceptance", "accepted_at")
HANDS_UP = frozenset({"declare-conflict", "decide-recusal", "divert-accusation", "record-unit"})
"""Where the own organ turns out to be concerned, the case is handed up at once: an event of its own."""
NEVER_CHANGED = ("registration_no", "filed_at", "place_id", "source", "parent_case_id")


class Clock(Struct, frozen=True):
    """One term's row."""

    kind: str
    due_at: datetime
    paused_at: datetime | None
    moved: int
    done_at: datetime | None


class Whole(Struct, frozen=True):
    """`digests`: one of all rows of each table of the case."""

    case: Mapping[str, Any]
    digests: Mapping[str, str]
    clocks: Mapping[UUID, Clock]
    events: tuple[tuple[str, str], ...]
    links: tuple[tuple[int, str], ...]
    sent: tuple[str, ...]
    teams: int
    effective: int
    line: Mapping[str, int]


async def tables_of_cases(session: AsyncSession) -> list[str]:
    return list(await session.scalars(TABLES))


async def read(session: AsyncSession, case_id: UUID, tables: list[str]) -> Whole:
    about, named = {"case": case_id}, {"name": str(case_id)}
    case = await session.scalar(CASE, about)
    assert case is not None
    rows = " union all ".join(
        f"select '{name}', md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {name} t"  # noqa: S608 - names of tables
        " where t.case_id = :case"
        for name in tables
    )
    return Whole(
        case=case,
        digests={name: digest for name, digest in await session.execute(text(rows), about)},
        clocks={
            row.id: Clock(row.kind, row.due_at, row.paused_at, row.paused_days + row.extended_days, row.done_at)
            for row in await session.execute(TIMERS, about)
        },
        events=tuple((row.act, row.state) for row in await session.execute(EVENTS, about)),
        links=tuple((row.tenant_id, row.act) for row in await session.execute(LINKS, named)),
        sent=tuple(row.act for row in await session.execute(SENT, named)),
        teams=await session.scalar(TEAMS, about) or 0,
        effective=await session.scalar(EFFECTIVE, about) or 0,
        line={row.tier: row.id for row in await session.execute(HOLDER, {"office": case["holder_office_id"]})},
    )


def check_refused(before: Whole, after: Whole) -> None:
    """Nothing is half done: not one row of the case, of its events, links or messages differs."""
    assert after == before


def check_always(now: Whole) -> None:
    """One holder, one team, one agreement in effect; every act one event and one message; the table obeyed."""
    case = now.case
    assert {tier: case[column] for tier, column in COLUMN.items() if case[column] is not None} == now.line
    assert now.teams <= 1 and now.effective <= 1
    assert case["step"] == STEP_OF[State(case["state"])]
    assert now.events[0][0] == "register" and now.events[-1][1] == case["state"]
    assert now.sent == tuple(act for act, _ in now.events)
    for (_, before), (act, state) in zip(now.events, now.events[1:], strict=False):
        move = EDITIONS[-1].moves[act]
        assert before in move.when and (state == before or state in move.to), (before, act, state)
    assert all(TERMS[clock.kind].pauses for clock in now.clocks.values() if clock.paused_at)


def check_done(before: Whole, after: Whole, act: str, writes: bool) -> None:
    """One event, one link in each chain that is concerned, one message; a new version for every change of the case.

    An act on an object of its own may change the case too (a handler who declares a conflict leaves it): by one more.
    """
    risen = after.case["version"] - before.case["version"]
    assert risen == 1 or (risen == 0 and not writes and after.case == before.case), (risen, act)
    assert after.events[: len(before.events)] == before.events
    told = [name for name, _ in after.events[len(before.events) :]]
    assert told == [act] or (act in HANDS_UP and len(told) == 2 and act in told), told
    new = list(after.links)
    for link in before.links:
        new.remove(link)
    assert new and {name for _, name in new} == set(told) and len(new) == len(set(new)), new
    for name in NEVER_CHANGED:
        assert after.case[name] == before.case[name], name
    for name in GIVEN_ONCE:
        assert before.case[name] in (None, after.case[name]), name
    assert before.clocks.keys() <= after.clocks.keys()
    for key, clock in before.clocks.items():
        _check_clock(clock, after.clocks[key])


def _check_clock(before: Clock, after: Clock) -> None:
    """Never earlier; later only by days that were paused or granted; what has ended has ended."""
    assert after.due_at >= before.due_at
    assert (after.due_at > before.due_at) <= (after.moved > before.moved)
    assert before.done_at in (None, after.done_at)
    assert after.paused_at is None or TERMS[after.kind].pauses
