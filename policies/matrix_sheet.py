"""The matrix of rights for a spreadsheet: a sheet for each tier, roles and relations down, actions across; and as CSV.

Made in a thread: it takes some tenths of a second.
"""

import csv
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO, StringIO
from typing import Any

import xlsxwriter
from msgspec import Struct

from foundation.errors import InvalidInput
from foundation.language import N_, translate
from policies.faults import PolicyBroken
from policies.matrix import AXES, Standing, standings
from policies.named import action_named, relation_named, role_named, tier_named
from policies.rules import RuleBook, parse

COLUMNS = (N_("岗位"), N_("层级"), N_("关系"), N_("行为"), N_("规则"), N_("规则一句话"), N_("条件"), N_("依据"))
ABOUT = N_("单元格中是允许该行为的规则编号；灰色空白表示不允许。没有写明的一律不允许。被检举、已回避只取消权限。")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
BOM = "\ufeff"
"""Without it a spreadsheet reads Chinese as something else."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula, in front of a text that a person wrote."""


class SheetFile(Struct, frozen=True):
    """What a door sends: `kind` is its media type."""

    name: str
    kind: str
    content: bytes


def matrix_file(content: str, edition: int, form: str, language: str) -> SheetFile:
    """The matrix as `xlsx` or `csv`; raises InvalidInput for a draft that can't be read as a whole."""
    name = f"rights-{edition}-{language}.{form}"
    try:
        if form == "xlsx":
            return SheetFile(name, XLSX, workbook(content, name, language))
        return SheetFile(name, CSV, (BOM + matrix_csv(content, language)).encode())
    except PolicyBroken as broken:
        raise InvalidInput(*(fault.at("rules") for fault in broken.faults)) from broken


def rules_file(content: str, name: str) -> SheetFile:
    """The rules themselves, to be read, changed and sent back."""
    return SheetFile(f"{name}.csv", CSV, (BOM + content).encode())


def matrix_csv(content: str, language: str) -> str:
    """One line for each allowed cell, with the rule's sentence; codes and names."""
    book = parse(content)
    file = StringIO()
    writer = csv.writer(file)
    codes = ("role", "tier", "relation", "action")
    writer.writerow([*codes, *(translate(title, language) for title in COLUMNS)])
    writer.writerows(_lines(book, language))
    return file.getvalue()


def _lines(book: RuleBook, language: str) -> Iterator[list[str]]:
    for standing in standings(book):
        for action, no in standing.actions.items():
            rule = book.rules[no]
            named = _named(standing, action, language)
            written = [plain(text) for text in rule.words(language)]
            yield [standing.role, standing.tier, standing.relation, action, *named, no, *written]


def _named(standing: Standing, action: str, language: str) -> list[str]:
    return [
        role_named(standing.role, language),
        tier_named(standing.tier, language),
        relation_named(standing.relation, language),
        action_named(action, language),
    ]


def plain(text: str) -> str:
    """A text that stays a text in a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


@lru_cache(maxsize=4)
def workbook(content: str, title: str, language: str) -> bytes:
    """The XLSX file; the last few are kept, as the rules seldom change."""
    file = BytesIO()
    book = parse(content)
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as made:
        head = made.add_format({"bold": True, "bg_color": "#E7EEF7", "text_wrap": True, "valign": "top"})
        refused = made.add_format({"bg_color": "#E3E6EA"})
        _rules(made, head, book, title, language)
        for tier in AXES["tier"]:
            _tier(made, (head, refused), book, tier, language)
    return file.getvalue()


def _rules(made: Any, head: Any, book: RuleBook, title: str, language: str) -> None:
    """First sheet: what the numbers mean."""
    sheet = made.add_worksheet(translate(N_("规则"), language))
    sheet.write_string(0, 0, title)
    sheet.write_string(1, 0, translate(ABOUT, language))
    titles = (N_("规则"), N_("规则一句话"), N_("条件"), N_("依据"), N_("岗位"), N_("层级"), N_("关系"))
    for column, text in enumerate(titles):
        sheet.write_string(3, column, translate(text, language), head)
    mark = ", " if language == "en" else "、"
    for row, rule in enumerate(book.rules.values(), 4):
        roles, tiers = (
            (role_named(one, language) for one in rule.roles),
            (tier_named(one, language) for one in rule.tiers),
        )
        relations = (relation_named(one, language) for one in rule.relations)
        written = (rule.no, *rule.words(language))
        for column, text in enumerate((*written, *(mark.join(names) for names in (roles, tiers, relations)))):
            sheet.write_string(row, column, text)
    sheet.freeze_panes(4, 1)
    sheet.set_column(1, 1, 60)
    sheet.set_column(2, 6, 30)


def _tier(made: Any, formats: tuple[Any, Any], book: RuleBook, tier: str, language: str) -> None:
    """Both signs: a rule's number, or grey for refused."""
    head, refused = formats
    rows = [one for one in standings(book) if one.tier == tier]
    actions = [action for action in AXES["action"] if any(action in one.actions for one in rows)]
    sheet = made.add_worksheet(tier_named(tier, language))
    for column, text in enumerate((N_("岗位"), N_("关系"))):
        sheet.write_string(0, column, translate(text, language), head)
    for column, action in enumerate(actions, 2):
        sheet.write_string(0, column, f"{action_named(action, language)}\n{action}", head)
    for row, standing in enumerate(rows, 1):
        sheet.write_string(row, 0, role_named(standing.role, language))
        sheet.write_string(row, 1, relation_named(standing.relation, language))
        for column, action in enumerate(actions, 2):
            if no := standing.actions.get(action):
                sheet.write_string(row, column, no)
    if rows:
        sheet.conditional_format(1, 2, len(rows), len(actions) + 1, {"type": "blanks", "format": refused})
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(rows), len(actions) + 1)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, len(actions) + 1, 12)
