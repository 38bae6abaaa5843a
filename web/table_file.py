"""A table to take away: CSV that a spreadsheet reads as it is meant, Chinese and no formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from urllib.parse import quote

import xlsxwriter
from litestar import Response

from foundation.language import translate
from policies.matrix_sheet import BOM, XLSX, plain


def table_file(name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Response[str]:
    """`name` without its ending; `titles` are msgids. Kept by nobody on the way."""
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow([translate(title) for title in titles])
    lines.writerows([plain(cell) for cell in row] for row in rows)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv", "cache-control": "no-store"}
    return Response(BOM + written.getvalue(), media_type="text/csv", headers=headers, status_code=200)


def table_workbook(name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Response[bytes]:
    """The same as one sheet of a workbook; every cell is a text."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, head = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, [translate(title) for title in titles], head)
        for at, row in enumerate(rows, start=1):
            sheet.write_row(at, 0, row)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.xlsx", "cache-control": "no-store"}
    return Response(file.getvalue(), media_type=XLSX, headers=headers, status_code=200)
