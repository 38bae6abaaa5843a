"""A table to take away: CSV that a spreadsheet reads as it is meant, Chinese and no formulas."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from urllib.parse import quote

from litestar import Response

from foundation.language import translate
from policies.matrix_sheet import BOM, plain


def table_file(name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Response[str]:
    """`name` without its ending; `titles` are msgids. Kept by nobody on the way."""
    written = StringIO()
    lines = csv.writer(written)
    lines.writerow([translate(title) for title in titles])
    lines.writerows([plain(cell) for cell in row] for row in rows)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv", "cache-control": "no-store"}
    return Response(BOM + written.getvalue(), media_type="text/csv", headers=headers, status_code=200)
