"""What only costs time while many rows come: put off within the transaction, and brought back as it was at its end."""

from collections.abc import Sequence

import asyncpg
from msgspec import Struct

CHECKED_LATE = """
select c.conrelid::regclass::text as "table", quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition
from pg_constraint c where c.contype = 'f' and (c.conrelid = any($1::regclass[]) or c.confrelid = any($1::regclass[]))
order by 1, 2
"""
"""References of these tables and to them: checked in one join each, not once for every row."""
BUILT_LATE = """
select i.indrelid::regclass::text as "table", i.indexrelid::regclass::text as index, quote_ident(c.conname) as name,
    coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(i.indexrelid)) as definition
from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
where i.indrelid = any($1::regclass[]) and not exists (
    select from pg_trigger t where t.tgrelid = i.indrelid and t.tgdeferrable and not t.tgisinternal)
order by i.indrelid, i.indisprimary desc, 2
"""
"""Indexes, also those that make rows unique: sorting once is several times faster than finding the place of each row.
Those stay that a check at the end of the transaction reads by (the ledger's)."""
FILLED_HERE = {"case_relations": "case_relation_filed"}
"""By table: triggers that would fill in what the rows have already. Where one stands, COPY goes row by row."""
COUNTED_LATE = {"ledger_entries": "counted", "settlements": "counted_first"}
"""By table: triggers that count money row by row; at the end it is counted once."""
RECOUNT = "select recount_money()"
MARKS = """
select tgrelid::regclass::text as "table", tgname as name from pg_trigger
where tgrelid = any($1::regclass[]) and tgname like 'goal!_%' escape '!' order by 1, 2
"""
"""Triggers that mark what became of a case by reading its papers again; at the end they are read once."""
MARK_ANEW = (
    "insert into goal_marks (case_id, measure, tenant_id, accepted_month)"
    " select case_id, measure, tenant_id, accepted_month from goal_truths on conflict do nothing",
    "delete from goal_counts",
    "insert into goal_counts (tenant_id, accepted_month, measure, cases)"
    " select tenant_id, accepted_month, measure, count(*) from goal_marks group by 1, 2, 3",
)
COUNTERS = (
    *("tenant_counts", "due_counts", "place_counts", "suitable_counts", "acceptance_counts", "passed_counts"),
    *("goal_marks", "goal_counts", "money_counts", "unit_balances", "settled_counts", "order_counts"),
)
"""What the rows are counted into: read by sums, which are slow until their size is known too."""

STANDING = "select coalesce(sum(greatest(reltuples, 0)), 0)::bigint from pg_class where oid = any($1::regclass[])"
LEAST, SHARE = 50_000, 4
"""Rows that are many, and only where what is there, whose indexes are built again too, is not so many times as many."""


class PutOff(Struct, frozen=True):
    """Statements that bring everything back, and the tables that came into being again in this transaction."""

    indexes: Sequence[str]
    references: Sequence[str]
    triggers: Sequence[str]
    anew: frozenset[str]


async def many(connection: asyncpg.Connection, tables: Sequence[str], rows: int) -> bool:
    """Whether so many are better loaded in bulk; what is there is known from the last look at the tables."""
    standing: int = await connection.fetchval(STANDING, tables)
    return rows >= max(LEAST, standing // SHARE)


async def put_off(connection: asyncpg.Connection, tables: Sequence[str]) -> PutOff:
    """References first: they stand on the primary keys."""
    references = [await _drop_reference(connection, found) for found in await connection.fetch(CHECKED_LATE, tables)]
    indexes = [await _drop_index(connection, found) for found in await connection.fetch(BUILT_LATE, tables)]
    triggers = []
    for table, trigger in (FILLED_HERE | COUNTED_LATE).items():
        if table in tables:
            await connection.execute(f"alter table {table} disable trigger {trigger}")
            triggers.append(f"alter table {table} enable trigger {trigger}")
    if COUNTED_LATE.keys() & set(tables):
        triggers.append(RECOUNT)
    for table, trigger in await connection.fetch(MARKS, tables):
        await connection.execute(f"alter table {table} disable trigger {trigger}")
        triggers.append(f"alter table {table} enable trigger {trigger}")
    triggers += MARK_ANEW
    return PutOff(indexes, references, triggers, await _made_anew(connection, tables))


async def bring_back(connection: asyncpg.Connection, put: PutOff, tables: Sequence[str]) -> None:
    """Indexes first, then what is known of the tables: both make the joins of the references cheap."""
    await connection.execute("set local maintenance_work_mem = '256MB'")
    for statement in put.indexes:
        await connection.execute(statement)
    await connection.execute(f"analyze {', '.join(tables)}")
    for statement in (*put.references, *put.triggers):
        await connection.execute(statement)


async def _drop_reference(connection: asyncpg.Connection, found: asyncpg.Record) -> str:
    table, name = found["table"], found["name"]
    await connection.execute(f"alter table {table} drop constraint {name}")
    return f"alter table {table} add constraint {name} {found['definition']}"


async def _drop_index(connection: asyncpg.Connection, found: asyncpg.Record) -> str:
    if found["name"] is None:
        await connection.execute(f"drop index {found['index']}")
        return str(found["definition"])
    return await _drop_reference(connection, found)


async def _made_anew(connection: asyncpg.Connection, tables: Sequence[str]) -> frozenset[str]:
    """The empty ones. What comes into a file of this transaction's own can be written as old rows are, in one go,
    and with `wal_level = minimal` without a second copy in the log.
    """
    empty = [table for table in tables if not await connection.fetchval(f"select exists (select from {table})")]
    if empty:
        await connection.execute(f"truncate {', '.join(empty)}")
    return frozenset(empty)
