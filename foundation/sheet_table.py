"""A file as a table of texts: CSV or XLSX, judged by its content; what can't be a table is refused whole."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

from msgspec import Struct

from foundation.choice import Choice
from foundation.errors import InvalidInput, invalid
from foundation.language import N_

LARGEST = 10 * 1024 * 1024
"""Bytes of the file."""
MOST_LINES = 5_000
MOST_COLUMNS = 100
LONGEST_CELL = 20_000
"""Characters: as long as a statement may be."""
ENCODINGS = ("utf-8", "gb18030")
"""UTF-8 first: hardly any other text is valid in it, while GB 18030 reads almost anything."""
DELIMITERS = ",\t;，"
POWER = re.compile(r"-?\d(\.\d+)?[eE]\+?\d+")
"""5.30102E+17: what a spreadsheet makes of a long number when it writes a CSV."""


class Odd(Choice):
    """What is wrong with a cell itself, whatever it is taken for."""

    FORMULA = "formula", N_("单元格是公式，不读取：请粘贴为数值")
    BROKEN = "broken", N_("单元格里是表格软件的错误值")
    DIGITS_LOST = "digits_lost", N_("号码被存成了数字，末几位已经丢失：请把该列设为文本后重新填写")
    TOO_LONG = "too_long_cell", N_("单元格的内容过长")


class Line(Struct, frozen=True):
    """One line that is not empty. `number` is that of the file; `odd` by column, counted from 0."""

    number: int
    cells: list[str]
    odd: dict[int, Odd] = {}


class Table(Struct, frozen=True):
    """`titles` are those of the first line that is not empty; all lines are as long as it."""

    kind: str
    read_as: str
    """The encoding of a CSV, the sheet of a spreadsheet."""
    titles: list[str]
    lines: list[Line]
    more_sheets: bool = False


def refused(rule: str, message: str, **params: object) -> InvalidInput:
    return invalid("file", rule, message, **params)


def table_of(kind: str, read_as: str, found: Iterable[Line], more_sheets: bool = False) -> Table:
    """From lines in their order, the header first. Raises InvalidInput."""
    filled = _filled(found)
    header = next(filled, None)
    if header is None:
        raise refused("empty", N_("文件里没有内容"))
    titles = [title.strip() for title in header.cells]
    if len(titles) > MOST_COLUMNS:
        raise refused("too_wide", N_("最多 %(most)s 列"), most=MOST_COLUMNS)
    lines: list[Line] = []
    for line in filled:
        if len(lines) == MOST_LINES:
            raise refused("too_many_lines", N_("一个文件最多 %(most)s 行，请分开上传"), most=MOST_LINES)
        lines.append(_fitted(line, len(titles)))
    if not lines:
        raise refused("no_lines", N_("只有标题行，没有内容"))
    return Table(kind, read_as, titles, lines, more_sheets)


def _filled(found: Iterable[Line]) -> Iterator[Line]:
    return (line for line in found if line.odd or any(cell.strip() for cell in line.cells))


def _fitted(line: Line, width: int) -> Line:
    """As long as the header; a line that is longer, and not only by empty cells, has been shifted by something."""
    if any(cell.strip() for cell in line.cells[width:]):
        raise refused("ragged", N_("第 %(line)s 行比标题行多出内容，请核对是否串列"), line=line.number)
    cells = [*(cell.strip() for cell in line.cells[:width]), *([""] * (width - len(line.cells)))]
    odd = {column: found for column, found in line.odd.items() if column < width}
    odd |= {column: Odd.DIGITS_LOST for column, cell in enumerate(cells) if POWER.fullmatch(cell)}
    odd |= {column: Odd.TOO_LONG for column, cell in enumerate(cells) if len(cell) > LONGEST_CELL}
    return Line(line.number, [cell[:LONGEST_CELL] for cell in cells], odd)


def read_csv(content: bytes) -> Table:
    text, encoding = _decoded(content)
    if "\x00" in text:
        raise refused("not_a_table", N_("不是可以读取的文本表格"))
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return table_of("csv", encoding, _csv_lines(reader))


def _csv_lines(reader: Any) -> Iterator[Line]:
    """By the number of the line on which a record ends: with line breaks inside cells the last one counts."""
    try:
        for cells in reader:
            yield Line(reader.line_num, cells)
    except csv.Error as error:
        raise refused("broken_csv", N_("第 %(line)s 行的引号不成对，不能读取"), line=reader.line_num) from error


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("utf_16", N_("请另存为“CSV UTF-8”后上传"))
    plain = content.removeprefix(b"\xef\xbb\xbf")
    for encoding in ENCODINGS:
        try:
            return plain.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise refused("not_a_table", N_("不是可以读取的文本表格"))


def plain_lines(table: Table) -> list[Sequence[str]]:
    """For a glance at the first lines."""
    return [line.cells for line in table.lines[:3]]
