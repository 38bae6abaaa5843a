"""A spreadsheet as a table of texts: no macro, no formula, no picture is looked at, and no archive is trusted."""

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from foundation.language import N_
from foundation.sheet_table import LARGEST, MOST_COLUMNS, MOST_LINES, Line, Odd, Table, read_csv, refused, table_of

ARCHIVE = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_PARTS = 500
MOST_UNPACKED = 30 * 1024 * 1024
"""Bytes of all parts: a sheet of 5,000 lines has some twenty."""
MOST_ROWS = 4 * MOST_LINES
"""With the empty ones in between."""
DOCTYPE = b"<!DOCTYPE"
CHUNK = 1024 * 1024
SPOILT = (zipfile.BadZipFile, zlib.error, lzma.LZMAError)
"""Of an archive whose bytes are not what was packed."""
EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; an identity number has eighteen."""


def read_table(content: bytes) -> Table:
    """What the file is, its content decides: its name counts for nothing. Raises InvalidInput. Runs long."""
    if len(content) > LARGEST:
        raise refused("too_large", N_("文件超过 10 MB，请分开上传"))
    if not content.strip():
        raise refused("empty", N_("文件里没有内容"))
    if content.startswith(OLD_OFFICE):
        raise refused("old_office", N_("旧格式或者带密码的表格不能读取，请另存为 xlsx（不带密码）或者 CSV"))
    return _read_xlsx(content) if content.startswith(ARCHIVE) else read_csv(content)


def _read_xlsx(content: bytes) -> Table:
    _judge(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not sheets:
            raise refused("empty", N_("文件里没有内容"))
        sheet = sheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be anything
        return table_of("xlsx", sheet.title, list(_lines(sheet)), len(sheets) > 1)
    except (
        InvalidFileException,
        *SPOILT,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        SyntaxError,
    ) as bad:
        raise refused(
            "not_a_sheet", N_("表格文件已损坏，不能读取")
        ) from bad  # openpyxl answers with what it stumbled over
    except (IndexError, OverflowError, EOFError, OSError, zipfile.LargeZipFile, NotImplementedError) as bad:
        raise refused("not_a_sheet", N_("表格文件已损坏，不能读取")) from bad


def _judge(content: bytes) -> None:
    """The archive before anything of it is read as a spreadsheet."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise refused("bomb", N_("表格展开后过大，请分开上传"))
            names = {part.filename.lower() for part in parts}
            if any("vbaproject" in name or name.endswith(".bin") and "macro" in name for name in names):
                raise refused("macro", N_("表格带有宏，请另存为不带宏的 xlsx"))
            if "xl/workbook.xml" not in names or any(part.flag_bits & 1 for part in parts):
                raise refused("not_a_sheet", N_("表格文件已损坏，不能读取"))
            if any(_declares(archive, part) for part in parts):
                raise refused("entities", N_("表格文件已损坏，不能读取"))
    except (*SPOILT, EOFError, OSError, NotImplementedError, ValueError, KeyError) as bad:
        raise refused("not_a_sheet", N_("表格文件已损坏，不能读取")) from bad


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """A document type, or a text that might hide one: no spreadsheet program writes either.

    All of it is looked at, for a comment of any length may stand before; where it says that entities stand for much,
    one cell would be made of gigabytes.
    """
    if not part.filename.lower().endswith((".xml", ".rels")):
        return False
    before = b""
    with archive.open(part) as opened:
        while piece := opened.read(CHUNK):
            if not before and (piece.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in piece[:4096]):
                return True
            if DOCTYPE in before + piece:
                return True
            before = piece[-len(DOCTYPE) :]
    return False


def _lines(sheet: Any) -> Iterator[Line]:
    for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if number > MOST_ROWS:
            raise refused("too_many_lines", N_("一个文件最多 %(most)s 行，请分开上传"), most=MOST_LINES)
        odd = {column: found for column, cell in enumerate(cells) if (found := _odd(cell))}
        texts = ["" if column in odd else _text(cell.value) for column, cell in enumerate(cells)]
        while texts and not texts[-1] and len(texts) - 1 not in odd:
            texts.pop()
        yield Line(number, texts, odd)


def _odd(cell: Any) -> Odd | None:
    if cell.value is None:
        return None
    if cell.data_type == "f":
        return Odd.FORMULA
    if cell.data_type == "e":
        return Odd.BROKEN
    number = cell.value if isinstance(cell.value, int | float) and not isinstance(cell.value, bool) else 0
    return Odd.DIGITS_LOST if abs(number) >= EXACT else None


def _text(value: Any) -> str:
    """As a person would have typed it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
