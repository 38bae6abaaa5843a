"""Marks in every text of a case that no other text holds, so that an answer can be searched for what it should not say.

groups.csv says of each text column of a case in which field group it stands: `code` = a closed word, never a canary;
`paper` = the group of the paper itself.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import JSON, Column, String, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.cipher import Sealed
from migrations.metadata import metadata

FILE = Path(__file__).with_name("groups.csv")
FREE_TEXT = re.compile("[\u4e00-\u9fff]")
MARK = re.compile(r"Q\d{16}Z")
"""As long as an identity number, so that a masked one shows a part only."""
NUMBERS = count(1)
WRITTEN = ("recorded_at", "issued_at", "began_at", "issued_on")
SEALED_PART = {
    "parties.identity": {"id_number": "identity"},
    "parties.contact": {"telephone": "contact", "address": "contact"},
    "parties.sensitive": {"ethnic_group": "sensitive", "health": "sensitive", "poor_evidence": "sensitive"},
    "mandates.identity": {"id_number": "identity"},
    "mandates.contact": {"telephone": "contact"},
    "witnesses.identity": {"id_number": "identity"},
    "witnesses.contact": {"telephone": "contact", "address": "contact"},
    "party_corrections.before": {"name": "identity"},
}
"""What stands in these is set whole: registration leaves out what was not given."""


class Canary(Struct, frozen=True):
    """`groups`: any of them lets it be read. `at`: when its row was written."""

    text: str
    place: str
    groups: frozenset[str]
    at: datetime | None
    case_id: UUID


@cache
def groups() -> dict[str, frozenset[str]]:
    """`table.column` → its field groups."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["column"]: frozenset(row["groups"].split()) for row in csv.DictReader(file)}


def text_columns() -> Iterator[Column[Any]]:
    """Of cases and of every table that belongs to one."""
    for table in metadata.sorted_tables:
        if table.name == "cases" or "case_id" in table.columns:
            yield from (column for column in table.columns if isinstance(column.type, Sealed | String | JSON))


def named(column: Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


async def plant(session: AsyncSession, case_id: UUID) -> list[Canary]:
    """Overwrite every free text of one case; the session is the owner's."""
    planted: list[Canary] = []
    by_table: dict[str, list[Column[Any]]] = {}
    for column in text_columns():
        if groups()[named(column)] - {"code"}:
            by_table.setdefault(column.table.name, []).append(column)
    for name, columns in by_table.items():
        planted += await _plant_rows(session, metadata.tables[name], columns, case_id)
    return planted


async def _plant_rows(session: AsyncSession, table: Table, columns: list[Column[Any]], case_id: UUID) -> list[Canary]:
    key = table.columns["id" if table.name == "cases" else "case_id"]
    rows = (await session.execute(select(table).where(key == case_id))).mappings().all()
    planted: list[Canary] = []
    for row in rows:
        changed: dict[str, Any] = {}
        at = next((row[name] for name in WRITTEN if name in row), None)
        for column in columns:
            marker = Marker(named(column), _groups(column, row), at, case_id)
            value = row[column.name]
            if named(column) in SEALED_PART and row.get("kind", "person") == "person":
                value = {**(value or {}), **{part: "占位" for part in SEALED_PART[named(column)]}}
            if named(column) == "events.data":
                value = {**value, "mark": "占位"}
            if value is not None:
                changed[column.name] = marker.marked(value, whole=not isinstance(value, dict | list))
            planted += marker.made
        if changed:
            mine = [column == row[column.name] for column in table.primary_key.columns]
            await session.execute(update(table).where(*mine).values(**changed))
    return planted


def _groups(column: Column[Any], row: Mapping[Any, Any]) -> frozenset[str]:
    own = groups()[named(column)]
    if named(column) == "parties.name" and row["kind"] == "unit":
        return own | {"identity_masked"}  # a unit is no person: its name is never masked
    return frozenset({row["field_group"]}) if own == {"paper"} else own


class Marker(Struct):
    """Replaces texts, and remembers by what."""

    place: str
    groups: frozenset[str]
    at: datetime | None
    case_id: UUID
    made: list[Canary] = []

    def marked(self, value: Any, *, whole: bool = False) -> Any:
        """Free texts inside a structure; codes, ids, dates and numbers stay. `whole`: the value is a text itself."""
        if isinstance(value, dict):
            return {name: self.marked(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.marked(one) for one in value]
        if isinstance(value, str) and (whole or FREE_TEXT.search(value)):
            canary = Canary(f"Q{next(NUMBERS):016d}Z", self.place, self.groups, self.at, self.case_id)
            self.made.append(canary)
            return canary.text
        return value


def found_in(*texts: str) -> frozenset[str]:
    """Every mark that stands in them."""
    return frozenset(mark for text in texts for mark in MARK.findall(text))
