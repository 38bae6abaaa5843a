"""Whatever one case asks of the database is found by an index: a small table hides what a table of all cases costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import asyncpg
from sqlalchemy import event, text

from foundation.store import Store
from migrations.metadata import metadata
from server.parts import Parts
from tests.door import Door
from tests.walk import conclusion, mediation, reception
from tests.walk.walker import Walker

OF_ALL_CASES = {table.name for table in metadata.tables.values() if table.name == "cases" or "case_id" in table.c}
OF_A_FEW = {
    str(index.name)
    for table in metadata.tables.values()
    for index in table.indexes
    if index.dialect_options["postgresql"]["where"] is not None
}
"""What such an index holds is what stands open, and may be read whole."""
PLANNED = ("select", "with", "insert", "update", "delete")
BY_INDEX_WHERE_IT_CAN = text("set local enable_seqscan = off")

Asked = dict[str, tuple[Any, ...]]
"""The values of the first time that a statement was sent."""


async def test_no_question_of_the_reference_case_reads_a_table_of_all_cases(door: Door, parts: Parts) -> None:
    walk = Walker(door)
    with asked(parts.store) as statements:
        for row in (*reception.ROWS, *mediation.ROWS, *conclusion.ROWS):
            await row(walk)
        await walk.close()
    assert len(statements) > 300
    director = await door.world.subject("xgll.director")
    read: dict[str, set[str]] = {}
    async with door.world.store.scoped(director.scope) as session:
        await session.execute(BY_INDEX_WHERE_IT_CAN)
        driver = (await (await session.connection()).get_raw_connection()).driver_connection
        for sql, values in statements.items():
            if whole := {one for plan in await _plans(driver, sql, values) for one in _read_whole(plan)}:
                read[sql] = whole
    assert read == {}, "\n".join(f"{whole}: {sql}" for sql, whole in read.items())


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


async def _plans(driver: Any, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
    if not sql.lstrip().lower().startswith(PLANNED):
        return []
    (row,) = await driver.fetch(f"explain (format json) {sql}", *values)
    return [one["Plan"] for one in row[0]]


def _read_whole(plan: dict[str, Any]) -> Iterator[str]:
    """Tables of all cases of which the plan reads every row."""
    table, index = plan.get("Relation Name", ""), plan.get("Index Name", "")
    by_index = "Index Cond" in plan or index in OF_A_FEW or plan["Node Type"] == "Bitmap Heap Scan"
    if table in OF_ALL_CASES and "Scan" in plan["Node Type"] and not by_index:
        yield f"{table} {index}"
    for below in plan.get("Plans", ()):
        yield from _read_whole(below)
