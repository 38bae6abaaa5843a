"""Files of cases as another system would hand them over: fictitious people, the usual titles."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

TITLES = (
    "编号", "登记日期", "状态", "受理日期", "乡镇", "纠纷类型", "来源", "事由", "姓名", "身份证号", "联系电话",
    "被申请人", "被申请人类别", "诉求", "性质", "发生日期",
)  # fmt: skip
GOOD = (
    "迪信〔2026〕1号", "2026-01-12", "已登记", "", "建塘镇", "邻里纠纷", "当事人申请", "院墙越界，多次协商不成。",
    "和玉兰", "", "13988700001", "示例建设有限公司", "单位", "拆除越界的院墙", "物权", "2025-12-01",
)  # fmt: skip


def line(**changes: str) -> list[str]:
    """The good line, with other words under some titles."""
    return [changes.get(title, word) for title, word in zip(TITLES, GOOD, strict=True)]


def csv_of(lines: Sequence[Sequence[str]], titles: Sequence[str] = TITLES, encoding: str = "utf-8") -> bytes:
    written = StringIO()
    csv.writer(written).writerows([titles, *lines])
    return written.getvalue().encode(encoding)


def xlsx_of(lines: Sequence[Sequence[Any]], titles: Sequence[str] = TITLES) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for one in (titles, *lines):
        sheet.append(list(one))
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()
