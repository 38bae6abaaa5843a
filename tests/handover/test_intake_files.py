"""Files that are no honest table: refused by name before anything of them is believed; odd cells found one by one."""

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook

from foundation.errors import InvalidInput
from foundation.sheet_file import MOST_UNPACKED, read_table
from foundation.sheet_table import LARGEST, MOST_COLUMNS, MOST_LINES, Odd
from tests.handover.outside import TITLES, csv_of, line, xlsx_of


def archive(*parts: tuple[str, bytes]) -> bytes:
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts:
            packed.writestr(name, content)
    return kept.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    kept = BytesIO(content)
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, part)
    return kept.getvalue()


def spoilt(content: bytes, name: str) -> bytes:
    """As after a broken transfer: the first bytes of what was packed say nothing that can be unpacked."""
    with zipfile.ZipFile(BytesIO(content)) as packed:
        part = packed.getinfo(name)
    begin = part.header_offset + 30 + len(name)
    return content[:begin] + b"\xff" * 8 + content[begin + 8 :]


GOOD = xlsx_of([line()])
REFUSED: Sequence[tuple[str, Callable[[], bytes], str]] = (
    ("nothing", lambda: b"", "empty"),
    ("only blanks", lambda: b"\n \r\n,,,\n", "empty"),
    ("a header alone", lambda: csv_of([]), "no_lines"),
    ("too large", lambda: b"a,b\n" + b"1,2\n" * (LARGEST // 4), "too_large"),
    ("one line too many", lambda: csv_of([line()] * (MOST_LINES + 1)), "too_many_lines"),
    ("too wide", lambda: csv_of([["1"] * 101], [str(n) for n in range(MOST_COLUMNS + 1)]), "too_wide"),
    ("a shifted line", lambda: csv_of([[*line(), "多出来的"]]), "ragged"),
    ("a quote that never closes", lambda: '编号,事由\n1,"没有结束\n'.encode(), "broken_csv"),
    ("NUL", lambda: "编号,事由\n1,\x00\n".encode(), "not_a_table"),
    ("no text at all", lambda: bytes(range(128, 256)) * 40, "not_a_table"),
    ("UTF-16", lambda: csv_of([line()], encoding="utf-16"), "utf_16"),
    ("an old workbook", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_office"),
    ("half a workbook", lambda: GOOD[: len(GOOD) // 2], "not_a_sheet"),
    ("some other archive", lambda: archive(("../../etc/passwd", b"x"), ("a.txt", b"y")), "not_a_sheet"),
    ("a macro", lambda: with_part(GOOD, "xl/vbaProject.bin", b"x"), "macro"),
    (
        "a bomb",
        lambda: archive(*((f"xl/media/{n}.xml", b"\0" * 2**20) for n in range(MOST_UNPACKED // 2**20 + 1))),
        "bomb",
    ),
    (
        "entities",
        lambda: with_part(GOOD, "xl/more.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        "entities",
    ),
    (
        "entities behind a long comment",
        lambda: with_part(
            GOOD, "xl/more.xml", b'<?xml version="1.0"?><!--' + b"x" * 2**20 + b'--><!DOCTYPE a [<!ENTITY b "c">]><a/>'
        ),
        "entities",
    ),
    ("a workbook with spoilt bytes", lambda: spoilt(GOOD, "xl/worksheets/sheet1.xml"), "not_a_sheet"),
    (
        "a workbook of nonsense",
        lambda: archive(("xl/workbook.xml", b"<x/>"), ("[Content_Types].xml", b"<x/>")),
        "not_a_sheet",
    ),
)


@pytest.mark.failure(12)
@pytest.mark.parametrize(("content", "rule"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED])
def test_what_is_no_honest_table_is_refused_by_name_at_the_field_of_the_file(
    content: Callable[[], bytes], rule: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_table(content())
    assert [(one.field, one.rule) for one in refused.value.fields] == [("file", rule)]


def test_a_workbook_gives_texts_and_names_the_cells_that_can_t_be_believed() -> None:
    """Formulas are not reckoned, error values and numbers that lost digits are not taken; days stay days."""
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["编号", "日期", "公式", "错误", "身份证", "巨数", "小数", "空"])
    sheet.append([17, "2026-01-02", '=HYPERLINK("http://x")', "#REF!", 530102199001011234, 1e30, 1.5, None])
    sheet["B2"].number_format, sheet["D2"].data_type = "yyyy-mm-dd", "e"
    kept = BytesIO()
    book.save(kept)
    (one,) = read_table(kept.getvalue()).lines
    assert one.cells == ["17", "2026-01-02", "", "", "", "", "1.5", ""]
    assert one.odd == {2: Odd.FORMULA, 3: Odd.BROKEN, 4: Odd.DIGITS_LOST, 5: Odd.DIGITS_LOST}


def test_a_text_is_read_as_it_was_meant_whatever_its_encoding_separator_and_line_ends() -> None:
    """Chinese of both encodings, a byte order mark, tabs, old and new line ends, a line break inside a cell."""
    for content in (
        csv_of([line()], encoding="gb18030"),
        csv_of([line()], encoding="utf-8-sig"),
        csv_of([line()]).replace(b"\r\n", b"\n\n"),
        csv_of([line()]).replace(b"\r\n", b"\r"),
        csv_of([line()]).replace(b",", b"\t"),
    ):
        table = read_table(content)
        assert (table.titles, [one.cells for one in table.lines]) == (list(TITLES), [line()])
    many = read_table(csv_of([line(事由="第一行\r\n第二行"), line(身份证号="5.30102E+17", 编号="=1+1")]))
    assert many.lines[0].cells[TITLES.index("事由")] == "第一行\r\n第二行"
    assert many.lines[1].odd == {TITLES.index("身份证号"): Odd.DIGITS_LOST}
    assert many.lines[1].cells[0] == "=1+1", "of a text, what looks like a formula is a text"
