"""Piccolo's tables are the real ones, and all that people read about them is there in both languages."""

from typing import Any

import pytest
from piccolo.columns import Column, ForeignKey
from sqlalchemy import text

from admin.tables import DICTIONARIES
from admin.tree import TREE
from foundation.language import english
from tests.world import World

ALL = (*DICTIONARIES, *TREE)
KINDS = {
    "BigInt": "bigint",
    "Boolean": "boolean",
    "Date": "date",
    "Integer": "integer",
    "Serial": "integer",
    "SmallInt": "smallint",
    "Timestamp": "timestamp without time zone",
    "UUID": "uuid",
    "Varchar": "character varying",
}
COLUMNS = text("select column_name, data_type, is_nullable from information_schema.columns where table_name = :table")


def kind(column: Column) -> str:
    """A foreign key is of the type of what it names."""
    if isinstance(column, ForeignKey):
        return kind(column._foreign_key_meta.resolved_target_column)
    return KINDS[type(column).__name__]


RECKONED = {"subtree_posts": {"state", "reason"}}
"""What a view says beyond its table."""


@pytest.mark.parametrize("table", ALL, ids=lambda table: table._meta.tablename)
async def test_piccolos_tables_are_the_real_ones(world: World, table: Any) -> None:
    """A view says nothing of nulls: that is asked of the table behind it."""
    name = table._meta.tablename
    async with world.owner() as session:
        real = {row[0]: row[1:] for row in await session.execute(COLUMNS, {"table": name})}
        behind = {row[0]: row[1:] for row in await session.execute(COLUMNS, {"table": name.removeprefix("subtree_")})}
    seen = {column._meta.db_column_name: column for column in table._meta.columns}
    assert set(seen) == set(real)
    assert {name: kind(column) for name, column in seen.items()} == {name: row[0] for name, row in real.items()}
    nulls = {name: "YES" if column._meta.null else "NO" for name, column in seen.items() if name in behind}
    assert nulls == {name: behind[name][1] for name in nulls}
    assert set(nulls) == set(seen) - RECKONED.get(name, set())


@pytest.mark.parametrize("table", ALL, ids=lambda table: table._meta.tablename)
def test_every_field_has_a_title_and_help_in_both_languages(table: Any) -> None:
    columns = [one for one in table._meta.columns if not (one._meta.primary_key and one._meta.name not in table.titles)]
    texts = {table.title, table._meta.help_text, *table.titles.values(), *(one._meta.help_text for one in columns)}
    assert {one._meta.name for one in columns} == set(table.titles)
    assert not any(text is None or text.isascii() for text in texts)
    assert texts - set(english()) == set()


def test_no_table_of_the_office_holds_a_secret_or_anything_private() -> None:
    columns = {f"{table._meta.tablename}.{one._meta.name}" for table in TREE for one in table._meta.columns}
    assert not [name for name in columns if any(word in name for word in ("hash", "token", "contact", "identity"))]
