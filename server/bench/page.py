"""A page of a list: by SQL with policy and row-level security against hand-written SQL without either, and by HTTP.

By SQL a person reads who has no relation to any case, and then one who has 50 outside of the tier: so both
statements must give the same rows, and do.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

import asyncpg
from msgspec import Struct, structs

from cases.filters import Filters
from cases.list_query import WINDOW, page_query
from foundation.endpoints import asyncpg_dsn
from foundation.prepared import Prepared
from foundation.store import IN_ORDER, SERVER_SETTINGS
from policies import gate
from policies.actions import Action
from server.bench.actors import Actors, actors, run
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed
from tenants.subject import Subject

ROUNDS, SIZE, RELATED = 20, 50, 50
REPEATS = 25
"""Statements in one round: a single one is too short for the clock of a shared machine."""


class Desk(Struct, frozen=True):
    """Who reads at a tier, and the tier's own cases as one would write them down by hand."""

    login: str
    own: str


DESKS = {
    "P": Desk("yunnan.supervisor", "province_id = $1 and prefecture_id is not null"),
    "F": Desk("diqing.supervisor", "prefecture_id = $1 and county_id is not null"),
    "C": Desk("xgll.lgo", "county_id = $1 and township_id is null"),
    "T": Desk("jiantang.head", "township_id = $1"),
}
FACTS = (
    "c.id, c.registration_no, c.case_no, c.state, c.step, c.case_class, c.dispute_type, c.person_count, c.filed_at,"
    " c.due_at, c.offer_id, c.place_id, c.holder_office_id"
)
NEWEST = "order by c.filed_at desc, c.id desc limit 51"
OWN = f"select {FACTS} from cases c where {{own}} {NEWEST}"
OTHERS = f"""
select {FACTS} from case_relations r join cases c on c.id = r.case_id
where r.person_id = $2 and r.until > $3 order by r.filed_at desc, r.case_id desc limit 51
"""
BY_HAND = f"""
select c.id, c.registration_no, c.case_no, c.state, c.step, c.case_class, c.dispute_type, c.person_count, c.filed_at,
    c.due_at, c.offer_id is not null, p.name, o.name
from (select * from ({{rows}}) c {NEWEST}) c
join places p on p.id = c.place_id join offices o on o.id = c.holder_office_id order by c.filed_at desc, c.id desc
"""
STATEMENTS = ("sql", "by_hand", "by_hand_in_order")
"""Ours; by hand with a generic plan; the same with sorts and bitmaps put off, as our connections have it."""
RELATE = """
insert into case_relations (id, case_id, relation, role, person_id, since, until, source)
select gen_random_uuid(), id, 'team', 'mediator', $1, filed_at, '9999-12-31', 'bench' from cases
where ({own}) is not true order by filed_at desc limit $2
"""
Statement = Callable[[], Awaitable[Sequence[Any]]]


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        for tier, desk in DESKS.items():
            stranger = structs.replace(await people.subject(desk.login), person_id=uuid4())
            await _by_sql(people, tier, desk, stranger, tally)
            await _at_half(people, tier, desk, stranger, tally)
            async with _related(people, desk, stranger):
                await _by_sql(people, f"{tier}_related", desk, stranger, tally)
            program, browser = await people.program(desk.login), await people.browser(desk.login)
            tally.seconds[f"{tier}_api"] = await timed(partial(people.get, program, "/api/v1/cases"), 100)
            tally.seconds[f"{tier}_html"] = await timed(partial(people.get, browser, "/cases"), 50)
    return tally.report("list", there.cases)


async def _by_sql(people: Actors, key: str, desk: Desk, subject: Subject, tally: Tally) -> None:
    """Alternating rounds of ours and of the hand-written one, which is planned as the planner likes and as ours is."""
    mine, values = _page(subject), list[Any]([subject.tenant_id])
    part = OWN.format(own=desk.own)
    if "related" in key:
        part, values = f"({part}) union ({OTHERS})", [*values, subject.person_id, people.parts.store.clock.now()]
    hand = BY_HAND.format(rows=part)
    async with (
        people.parts.store.reading(subject.scope) as reading,
        _owner(people.ground, SERVER_SETTINGS) as free,
        _owner(people.ground, SERVER_SETTINGS | IN_ORDER) as in_order,
    ):

        async def ours() -> Sequence[Any]:
            return await reading.fetch(mine.sql, *mine.arguments())

        if [row[0] for row in await ours()] != [row[0] for row in await free.fetch(hand, *values)]:
            raise RuntimeError(f"{key}: the two statements list different rows")
        by_hand = [partial(owner.fetch, hand, *values) for owner in (free, in_order)]
        for name, took in zip(STATEMENTS, await _in_turns(ours, *by_hand), strict=True):
            tally.seconds[f"{key}_{name}"] = took
    for name in STATEMENTS[1:]:
        tally.compare(f"{key}_sql", f"{key}_{name}")


async def _at_half(people: Actors, tier: str, desk: Desk, subject: Subject, tally: Tally) -> None:
    """The page that begins in the middle of the tier's cases against the first."""
    number = await people.owner.fetchval(f"select count(*) from cases where {desk.own}", subject.tenant_id)
    newest = f"select filed_at, id from cases where {desk.own} order by filed_at desc, id desc offset $2 limit 1"
    moment, last = await people.owner.fetchrow(newest, subject.tenant_id, number // 2)
    first, later = _page(subject), _page(subject, continued=True)
    async with people.parts.store.reading(subject.scope) as reading:

        async def newest_page() -> Sequence[Any]:
            return await reading.fetch(first.sql, *first.arguments())

        async def later_page() -> Sequence[Any]:
            return await reading.fetch(later.sql, *later.arguments(moment=moment, last=last))

        rounds = await _in_turns(newest_page, later_page)
    tally.seconds[f"{tier}_first"], tally.seconds[f"{tier}_at_half"] = rounds
    tally.compare(f"{tier}_at_half", f"{tier}_first")


def _page(subject: Subject, *, continued: bool = False) -> Prepared:
    return page_query(gate.reach(subject, Action.CASE_READ), subject, Filters(), SIZE, continued, WINDOW)


async def _in_turns(*statements: Statement) -> list[list[float]]:
    """Seconds of one statement in each round, so that the machine's moods hit all alike."""
    taken: list[list[float]] = [[] for _ in statements]
    for number in range(-2, ROUNDS):
        for place, statement in enumerate(statements):
            began = perf_counter()
            for _ in range(REPEATS):
                await statement()
            if number >= 0:
                taken[place].append((perf_counter() - began) / REPEATS)
    return taken


@asynccontextmanager
async def _related(people: Actors, desk: Desk, subject: Subject) -> AsyncIterator[None]:
    """For the length of the block the subject mediates so many of the newest cases outside its tier."""
    own = desk.own.replace("$1", str(subject.tenant_id))
    await people.owner.execute(RELATE.format(own=own), subject.person_id, RELATED)
    await people.owner.execute("analyze case_relations")
    try:
        yield
    finally:
        await people.owner.execute("delete from case_relations where source = 'bench'")


@asynccontextmanager
async def _owner(there: Ground, settings: dict[str, str]) -> AsyncIterator[asyncpg.Connection]:
    """Whom row-level security lets through to all."""
    connection = await asyncpg.connect(asyncpg_dsn(there.endpoints.owner), server_settings=settings)
    try:
        yield connection
    finally:
        await connection.close()
