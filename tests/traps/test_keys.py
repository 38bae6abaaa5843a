"""Whatever one case asks of the database is found by an index: a small table hides what a table of all cases costs."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint, event, text

from foundation.store import Store
from migrations.metadata import metadata
from server.parts import Parts
from tests.door import Door
from tests.walk import conclusion, mediation, reception
from tests.walk.walker import Walker
from tests.world import World

OF_ALL_CASES = {table.name for table in metadata.tables.values() if table.name == "cases" or "case_id" in table.c}
WHOLE = {
    str(key.name): (table.name, str(next(iter(key.columns.keys()), "")))
    for table in metadata.tables.values()
    for key in (*table.indexes, *table.constraints)
    if isinstance(key, Index | PrimaryKeyConstraint | UniqueConstraint)
    and key.dialect_options["postgresql"].get("where") is None
}
"""Indexes that hold each row: the table and the first column. Who asks by another column alone reads all of it; what an
index with a condition holds is what stands open."""
PLANNED = ("select", "with", "insert", "update", "delete")
AS_IN_LARGE_TABLES = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
"""What PostgreSQL is not to choose where it can do without: in a table of a few rows nothing else is cheaper."""

Asked = dict[str, tuple[Any, ...]]
"""The values of the first time that a statement was sent."""


async def test_no_question_of_the_reference_case_reads_a_table_of_all_cases(own_door: Door, own_parts: Parts) -> None:
    await uncounted(own_door.world)
    walk = Walker(own_door)
    with asked(own_parts.store) as statements:
        for row in (*reception.ROWS, *mediation.ROWS, *conclusion.ROWS):
            await row(walk)
        await walk.close()
    assert len(statements) > 300
    read = {sql: whole async for sql, plan in _plans(own_door.world, statements) if (whole := {*_read_whole(plan)})}
    assert read == {}, "\n".join(f"{whole}: {sql}" for sql, whole in read.items())


async def uncounted(world: World) -> None:
    """Nobody counts the rows meanwhile: of a table known to be small, reading all of it is thought the cheapest."""
    async with world.owner() as session:
        for table in sorted(OF_ALL_CASES):
            await session.execute(text(f"alter table {table} set (autovacuum_enabled = off)"))


@contextmanager
def asked(store: Store) -> Iterator[Asked]:
    sent: Asked = {}
    fetch = asyncpg.Connection.fetch

    def note(*args: Any) -> None:
        if not args[5]:
            sent.setdefault(args[2], args[3])

    async def noted(driver: asyncpg.Connection, sql: str, *values: Any, **options: Any) -> Any:
        sent.setdefault(sql, values)
        return await fetch(driver, sql, *values, **options)

    event.listen(store.engine.sync_engine, "before_cursor_execute", note)
    try:
        with patch.object(asyncpg.Connection, "fetch", noted):
            yield sent
    finally:
        event.remove(store.engine.sync_engine, "before_cursor_execute", note)


async def _plans(world: World, statements: Asked) -> AsyncIterator[tuple[str, dict[str, Any]]]:
    """As the application's role has them, under row-level security."""
    async with world.as_("xgll.director") as (session, _):
        for way in AS_IN_LARGE_TABLES:
            await session.execute(text(f"set local {way} = off"))
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        for sql, values in statements.items():
            if sql.lstrip().lower().startswith(PLANNED):
                for row in await driver.fetch(f"explain (format json) {sql}", *values):
                    yield sql, row[0][0]["Plan"]


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """Tables of all cases, or their indexes, of which the plan reads everything."""
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in OF_ALL_CASES:
        yield plan["Relation Name"]
    table, key = WHOLE.get(plan.get("Index Name", ""), ("", ""))
    if table in OF_ALL_CASES and not re.search(rf"\b{key}\b", plan.get("Index Cond", "")):
        yield plan["Index Name"]
    for below in plan.get("Plans", ()):
        yield from _read_whole(below)
