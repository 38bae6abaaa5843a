"""The decision table and the tariff to take away: XLSX with a sheet each, and CSV, in the reader's language."""

import csv
from collections.abc import Sequence
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter

from foundation.language import N_, translate
from funding.table_view import TableLine, TableSection
from funding.tariff_views import RateView
from funding.trace import yuan
from policies.matrix_sheet import BOM, CSV, XLSX, SheetFile, plain

LINES = (
    N_("节"), N_("行"), N_("内容"), N_("条件"), N_("须有"), N_("结论"), N_("金额"), N_("备注"), N_("依据"),
    N_("文本未定时所选的规则"),
)  # fmt: skip
RATES = (
    N_("项目"), N_("层级"), N_("下限（元）"), N_("上限（元）"), N_("计量"), N_("依据的条款"), N_("依据文件"),
    N_("起用日期"), N_("止用日期"),
)  # fmt: skip
CHOSEN, NOT_CHOSEN = N_("已选用"), N_("未选用")


def table_csv(sections: Sequence[TableSection], day: date, language: str) -> SheetFile:
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow([translate(title, language) for title in LINES])
    writer.writerows([plain(cell) for cell in cells] for cells in _cells(sections, language))
    return SheetFile(f"payer-table-{day}-{language}.csv", CSV, (BOM + file.getvalue()).encode())


def table_xlsx(sections: Sequence[TableSection], rates: Sequence[RateView], day: date, language: str) -> SheetFile:
    """Texts stay texts: nothing that a person wrote becomes a formula."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as made:
        head = made.add_format({"bold": True, "bg_color": "#E7EEF7", "text_wrap": True, "valign": "top"})
        body = made.add_format({"text_wrap": True, "valign": "top"})
        _sheet(made, N_("付款判断表"), LINES, _cells(sections, language), (head, body), language)
        _sheet(made, N_("费用标准"), RATES, [_rate(rate, language) for rate in rates], (head, body), language)
    return SheetFile(f"payer-table-{day}-{language}.xlsx", XLSX, file.getvalue())


def _sheet(
    made: Any, name: str, titles: Sequence[str], rows: Sequence[Sequence[str]], formats: tuple[Any, Any], language: str
) -> None:
    head, body = formats
    sheet = made.add_worksheet(translate(name, language))
    for column, title in enumerate(titles):
        sheet.write_string(0, column, translate(title, language), head)
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, cell, body)
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 1, 12)
    sheet.set_column(2, len(titles) - 1, 28)


def _cells(sections: Sequence[TableSection], language: str) -> list[list[str]]:
    return [_line(section, line, language) for section in sections for line in section.lines]


def _line(section: TableSection, line: TableLine, language: str) -> list[str]:
    def told(text: str) -> str:
        return translate(text, language) if text else ""

    mark = ", " if language == "en" else "、"
    return [
        f"{section.code} {told(section.title)}",
        line.row,
        told(line.says),
        "; ".join(f"{told(one.fact)} = {mark.join(map(told, one.values))}" for one in line.when),
        mark.join(map(told, line.needs)),
        told(line.answer),
        told(line.amount),
        mark.join(map(told, line.marks)),
        told(line.clause),
        "" if not line.option else f"{told(CHOSEN if line.chosen else NOT_CHOSEN)} {told(line.reason)}".strip(),
    ]


def _rate(rate: RateView, language: str) -> list[str]:
    return [
        translate(rate.name, language),
        rate.level,
        yuan(rate.minimum_fen),
        yuan(rate.maximum_fen),
        translate(rate.unit, language),
        translate(rate.clause, language),
        translate(rate.source, language),
        rate.valid_from.isoformat(),
        rate.valid_to.isoformat() if rate.valid_to else "—",
    ]
