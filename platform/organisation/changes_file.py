"""Changes of the tree in a file, one line each, as a plan takes them; real ones with their day and document.

Columns: effective_on, ground, operation, code, and what the operation asks for (name, kind, new_code, parent_code,
into_code, members with spaces between, contact); others are left alone. Lines of one day and document are one plan.
"""

import csv
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from foundation.errors import InvalidInput
from foundation.forms import fields_of, parse
from foundation.language import N_
from organisation.divisions import DATA, BrokenFile, BrokenLine
from organisation.tree_drafting import ChangeForm, PlanForm

CHANGES = DATA / "yunnan_changes.csv"
"""What changed in Yunnan since 2021 as far as the divisions that stood otherwise are listed in BEFORE."""
BEFORE = DATA / "yunnan_before.csv"
COLUMNS = {"effective_on", "ground", "operation", "code"}


class Before(Struct, frozen=True):
    """A unit as it stood before the changes; `today`: its code now."""

    today: str
    code: str
    parent_code: str
    name: str
    kind: str


def read_changes(path: Path) -> list[PlanForm]:
    """In the order of the file; raises BrokenFile with the line."""
    plans: dict[tuple[str, str], list[dict[str, object]]] = {}
    for line, row in _rows(path):
        try:
            lines = plans.setdefault((row["effective_on"], row["ground"]), [])
            lines.append(_line(row))
            parse(PlanForm, _plan(row["effective_on"], row["ground"], lines[-1:]), strict=False)
        except InvalidInput as error:
            raise BrokenFile(*(BrokenLine(line, one.message, dict(one.params)) for one in error.fields)) from error
    return [parse(PlanForm, _plan(day, ground, lines), strict=False) for (day, ground), lines in plans.items()]


def read_before(path: Path = BEFORE) -> list[Before]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [Before(**{name: row[name] for name in Before.__struct_fields__}) for row in csv.DictReader(file)]


def _rows(path: Path) -> list[tuple[int, Mapping[str, str]]]:
    """(line number as an editor shows it, cells)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if not set(reader.fieldnames or ()) >= COLUMNS:
                needed: dict[str, object] = {"columns": ", ".join(sorted(COLUMNS))}
                raise BrokenFile(BrokenLine(1, N_("首行应有这些列：%(columns)s"), needed))
            return [(reader.line_num, {name: (cell or "").strip() for name, cell in row.items()}) for row in reader]
    except UnicodeDecodeError as error:
        raise BrokenFile(BrokenLine(1, N_("文件不是 UTF-8 编码"))) from error


def _line(row: Mapping[str, str]) -> dict[str, object]:
    known = {field.encode_name for field in fields_of(ChangeForm)}
    given: dict[str, object] = {name: cell for name, cell in row.items() if name in known and cell}
    return given | ({"members": row["members"].split()} if row.get("members") else {})


def _plan(day: str, ground: str, lines: list[dict[str, object]]) -> dict[str, object]:
    return {"effective_on": day, "ground": ground, "changes": lines}
