"""One row of rules as it is written: words in columns, in rules.csv, in a form, in the API."""

import csv
from collections.abc import Iterable
from io import StringIO
from typing import Annotated, Any

from msgspec import Meta, Struct

from foundation.language import N_
from policies.faults import Fault, PolicyBroken

COLUMNS = ("no", "roles", "tiers", "relations", "actions", "fields", "condition", "basis", "zh", "en")
LISTS = frozenset({"roles", "tiers", "relations", "actions", "fields"})
"""Columns of words, parted by spaces."""
TEXTS = ("condition", "basis", "zh", "en")
LONGEST = 400
"""Characters of one text."""
LARGEST = 500_000
"""Characters of a whole set: ours has forty thousand."""

NO_RULES = Fault("no_rules", N_("没有任何规则：内容是空的，或者只有标题行"))

Words = list[str]


class RuleRow(Struct, frozen=True):
    """Every role of it, at every tier, in every relation may do every action and read every field group."""

    no: Annotated[str, Meta(title=N_("编号"), pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,9}$", examples=["64"])]
    roles: Annotated[Words, Meta(title=N_("岗位"), examples=[["handler"]])]
    tiers: Annotated[Words, Meta(title=N_("层级"), examples=[["*"]])]
    relations: Annotated[Words, Meta(title=N_("与案件的关系"), examples=[["handler"]])]
    actions: Annotated[Words, Meta(title=N_("行为"), examples=[["case:note"]])]
    basis: Annotated[str, Meta(title=N_("依据"), min_length=1, max_length=LONGEST)]
    zh: Annotated[str, Meta(title=N_("规则一句话（中文）"), min_length=1, max_length=LONGEST)]
    en: Annotated[str, Meta(title=N_("规则一句话（英文）"), min_length=1, max_length=LONGEST)]
    fields: Annotated[Words, Meta(title=N_("可看内容"), examples=[[]])] = []
    condition: Annotated[str, Meta(title=N_("条件"), max_length=LONGEST)] = ""

    def column(self, name: str) -> str:
        """As it stands in the file."""
        value = getattr(self, name)
        return " ".join(value) if name in LISTS else value


Numbered = tuple[int, RuleRow]
"""With its line in the file, 0 = of no file."""


def read(text: str) -> list[Numbered]:
    """Raises PolicyBroken for what is no table of ours; which words are known, `rules.parse` asks."""
    if len(text) > LARGEST:
        raise PolicyBroken(faults=[Fault("too_large", N_("内容太大，最多 %(most)s 字"), {"most": LARGEST})])
    if not text.strip():
        raise PolicyBroken(faults=[NO_RULES])
    reader = csv.DictReader(StringIO(text), strict=True)
    try:
        if tuple(reader.fieldnames or ()) != COLUMNS:
            named = {"columns": ", ".join(COLUMNS)}
            raise PolicyBroken(faults=[Fault("columns", N_("各列须依次为 %(columns)s"), named, line=1)])
        return [(reader.line_num, _row(row, reader.line_num)) for row in reader]
    except csv.Error as error:
        broken = Fault("not_csv", N_("不是规范的 CSV：引号或换行不对"), line=reader.line_num)
        raise PolicyBroken(faults=[broken]) from error


def write(rows: Iterable[RuleRow]) -> str:
    """The rows as rules.csv holds them."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([row.column(name) for name in COLUMNS] for row in rows)
    return file.getvalue()


def _row(row: dict[str, str], line: int) -> RuleRow:
    if None in row or None in row.values():
        wanted = {"n": len(COLUMNS)}
        raise PolicyBroken(faults=[Fault("columns", N_("须有 %(n)s 列"), wanted, line=line)])
    cells: dict[str, Any] = {name: row[name].split() if name in LISTS else row[name].strip() for name in COLUMNS}
    return RuleRow(**cells)
