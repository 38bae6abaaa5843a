"""How a file is to be read: which column fills which field, what all lines share, what their words mean here."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.sheet_table import Table
from handover.intake_fields import FIELDS, REQUIRED, Kind

MARKS = re.compile(r"[\s*＊:：()（）\[\]【】/_\-.、]+")
MOST_VALUES = 60
"""Different words of one column that a page lets explain one by one."""


class ColumnMap(Struct, frozen=True):
    """`columns`: field -> number of the column, from 0. `fixed`: field -> the same value for all lines.
    `values`: field -> word of the file -> our code."""

    columns: dict[str, int] = {}
    fixed: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}


class Kept(Struct, frozen=True):
    """A mapping without its file: by the titles of the columns."""

    titles: dict[str, str]
    fixed: dict[str, str]
    values: dict[str, dict[str, str]]


def guessed(table: Table) -> ColumnMap:
    """By the titles: the first column that bears a field's name."""
    known = {plain(name): field.code for field in FIELDS.values() for name in (field.title, *field.names)}
    return ColumnMap(columns=_first(known.get(plain(title)) for title in table.titles))


def plain(title: str) -> str:
    return MARKS.sub("", unicodedata.normalize("NFKC", title)).lower()


def _first(fields: Iterator[str | None] | Sequence[str | None]) -> dict[str, int]:
    found: dict[str, int] = {}
    for column, field in enumerate(fields):
        if field is not None:
            found.setdefault(field, column)
    return found


def kept(mapping: ColumnMap, table: Table) -> Kept:
    """Words are kept of columns that are chosen from a list, and of few: a column of names keeps none of them."""
    titles = {plain(table.titles[column]): field for field, column in mapping.columns.items()}
    listed = words_of(table, mapping)
    short = {field for field, words in listed.items() if len(words) <= MOST_VALUES}
    return Kept(titles, mapping.fixed, {field: words for field, words in mapping.values.items() if field in short})


def applied(known: Kept, table: Table) -> ColumnMap:
    """To another file: as far as its columns bear the same titles."""
    columns = _first(known.titles.get(plain(title)) for title in table.titles)
    return ColumnMap(columns, known.fixed, known.values)


def check_mapping(mapping: ColumnMap, table: Table) -> None:
    """Raises InvalidInput at `columns.N` and at the fields that nothing fills."""
    errors = [
        FieldError(field, "unfilled", N_("必须对应一列或者填写统一的值"))
        for field in (one.code for one in REQUIRED)
        if field not in mapping.columns and field not in mapping.fixed
    ]
    errors += [
        FieldError(f"columns.{column}", "no_column", N_("没有这一列"))
        for column in mapping.columns.values()
        if not 0 <= column < len(table.titles)
    ]
    if errors:
        raise InvalidInput(*errors)


def numbers_in(table: Table, mapping: ColumnMap) -> Sequence[str]:
    """The cases' numbers in the other system, as the file has them."""
    column = mapping.columns.get("outside_no")
    return [] if column is None else sorted({line.cells[column] for line in table.lines})


def words_of(table: Table, mapping: ColumnMap) -> Mapping[str, list[str]]:
    """The different words in each column that is chosen from a list, in the order of the file."""
    found = {}
    for field, column in mapping.columns.items():
        if FIELDS[field].kind is Kind.CODE and column < len(table.titles):
            words = dict.fromkeys(line.cells[column] for line in table.lines if line.cells[column])
            found[field] = list(words)
    return found
