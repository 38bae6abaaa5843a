"""What it costs that goals are counted at once: a fact of one case changes its mark and a counter, in the transaction
that records it; and reading the goals of the province, a prefecture and a county."""

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from uuid import UUID

import asyncpg

from server.bench.actors import actors, run
from server.bench.ground import Ground, Options, ground
from server.bench.overview import READERS
from server.bench.report import Report, Tally, timed

ROUNDS = 50
SOME = 20
"""Cases that are taken in turn."""
ENDED, OPEN = "fact_of_an_ended_case", "fact_of_an_open_case"
TERMS = """
select t.id from timers t join cases c on c.id = t.case_id
where t.kind = 'mediation' and c.accepted_at is not null and (c.outcome is null) = $1 limit $2"""
LATE = "update timers set overdue_at = case when overdue_at is null then due_at end where id = $1"
"""In time, late, in time again: of a case that has ended its mark goes and comes; of an open one nothing follows."""
READ = "select relname::text, seq_tup_read from pg_stat_xact_user_tables"
MANY = 10_000
"""Rows: no table of cases may be read whole for one fact."""


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        for key, still_open in ((ENDED, False), (OPEN, True)):
            terms = cycle([row["id"] for row in await people.owner.fetch(TERMS, still_open, SOME)])
            tally.seconds[key] = await timed(partial(_fact, people.owner, terms), ROUNDS)
        tally.compare(ENDED, OPEN)
        await people.owner.execute("analyze goal_counts, acceptance_counts, suitable_counts")  # as they have grown
        for tier, login in READERS.items():
            program = await people.program(login)
            tally.seconds[f"{tier}_read"] = await timed(partial(people.get, program, "/api/v1/goals"), ROUNDS)
    return tally.report("goals", there.cases)


async def _fact(owner: asyncpg.Connection, terms: Iterator[UUID]) -> None:
    """One statement; what follows runs in the database. Raises RuntimeError where a large table was read whole."""
    async with owner.transaction():
        before = dict(await owner.fetch(READ))
        await owner.execute(LATE, next(terms))
        await owner.execute("set constraints all immediate")
        whole = [table for table, rows in await owner.fetch(READ) if rows - before.get(table, 0) > MANY]
    if whole:
        raise RuntimeError(f"read whole: {', '.join(whole)}")
