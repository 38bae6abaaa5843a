"""A report as a workbook: a sheet for each table, amounts as numbers in yuan; at the end a sheet of notes."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from foundation.language import N_, translate
from funding.report_sheets import Cell, Sheet
from policies.matrix_sheet import plain

WIDTH, NOTE_WIDTH = 16, 100
NOTES = N_("报表说明")


def workbook(title: str, tables: Sequence[Sheet], notes: Sequence[str]) -> bytes:
    """XLSX; no text in it is taken for a formula or an address."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as made:
        head = made.add_format({"bold": True, "bg_color": "#E7EEF7", "text_wrap": True, "valign": "top"})
        money = made.add_format({"num_format": "#,##0.00"})
        for table in tables:
            sheet = made.add_worksheet(table.title[:31])
            sheet.write_string(0, 0, title)
            for column, text in enumerate(table.heads):
                sheet.write_string(2, column, text, head)
            for row, cells in enumerate(table.rows, 3):
                for column, cell in enumerate(cells):
                    _write(sheet, row, column, cell, money)
            sheet.freeze_panes(3, 1)
            sheet.set_column(0, len(table.heads) - 1, WIDTH)
        _explain(made, title, notes)
    return file.getvalue()


def _explain(made: Any, title: str, notes: Sequence[str]) -> None:
    """A sheet of its own: what has to be known to read the others."""
    sheet = made.add_worksheet(translate(NOTES))
    sheet.write_string(0, 0, title)
    wrapped = made.add_format({"text_wrap": True, "valign": "top"})
    for row, note in enumerate(notes, 2):
        sheet.write_string(row, 0, note, wrapped)
    sheet.set_column(0, 0, NOTE_WIDTH)


def _write(sheet: Any, row: int, column: int, cell: Cell, money: Any) -> None:
    if cell.fen is not None:
        sheet.write_number(row, column, float(Decimal(cell.fen) / 100), money)  # a double holds it to the fen
    elif cell.count is not None:
        sheet.write_number(row, column, cell.count)
    else:
        sheet.write_string(row, column, plain(cell.text))
