"""Changes of the tree in a file, one line each, as a plan takes them; real ones with their day and document.

Columns: effective_on, ground, operation, code, and what the operation asks for (name, kind, new_code, parent_code,
into_code, members with spaces between, contact); others are left alone. Lines of one day and document are one plan.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from foundation.errors import FieldError, InvalidInput
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


class FilePlan(Struct, frozen=True):
    """One plan of a file, and where in the file each of its changes stands."""

    form: PlanForm
    lines: tuple[int, ...]

    def at_lines(self, refused: InvalidInput) -> list[BrokenLine]:
        """What drafting finds wrong with a change, told at its line; what is wrong with the whole, at its first."""
        return [self._at_line(one) for one in refused.fields]

    def _at_line(self, error: FieldError) -> BrokenLine:
        of, _, rest = error.field.partition(".")
        number, _, column = rest.partition(".")
        known = of == "changes" and number.isdigit()
        return _broken(self.lines[int(number)] if known else self.lines[0], column if known else error.field, error)


def read_changes(path: Path) -> list[PlanForm]:
    return [plan.form for plan in read_plans(path)]


def read_plans(path: Path) -> list[FilePlan]:
    """In the order of the file; raises BrokenFile with every line that can't be one of a plan."""
    plans: dict[tuple[str, str], list[tuple[int, dict[str, object]]]] = {}
    broken: list[BrokenLine] = []
    for line, row in _rows(path):
        day, ground, change = row["effective_on"], row["ground"], _line(row)
        try:
            parse(PlanForm, _plan(day, ground, [change]), strict=False)
        except InvalidInput as refused:
            broken += [_broken(line, one.field.rpartition("changes.0.")[2], one) for one in refused.fields]
        plans.setdefault((day, ground), []).append((line, change))
    if broken:
        raise BrokenFile(*broken)
    return [_file_plan(day, ground, changes) for (day, ground), changes in plans.items()]


def _file_plan(day: str, ground: str, changes: list[tuple[int, dict[str, object]]]) -> FilePlan:
    lines = tuple(line for line, _ in changes)
    try:
        return FilePlan(parse(PlanForm, _plan(day, ground, [change for _, change in changes]), strict=False), lines)
    except InvalidInput as refused:
        raise BrokenFile(*(_broken(lines[0], one.field, one) for one in refused.fields)) from refused


def _broken(line: int, column: str, error: FieldError) -> BrokenLine:
    """The reason as it is said of a form, behind the name of the column."""
    return BrokenLine(line, error.message, dict(error.params), column)


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
            return [(reader.line_num, _cells(reader.line_num, row)) for row in reader]
    except csv.Error as error:
        raise BrokenFile(BrokenLine(reader.line_num, N_("这一行不是完整的 CSV"))) from error
    except UnicodeDecodeError as error:
        raise BrokenFile(BrokenLine(1, N_("文件不是 UTF-8 编码"))) from error


def _cells(line: int, row: Mapping[str | None, Any]) -> Mapping[str, str]:
    if None in row:
        raise BrokenFile(BrokenLine(line, N_("这一行的列数多于首行")))
    return {str(name): (cell or "").strip() for name, cell in row.items()}


def _line(row: Mapping[str, str]) -> dict[str, object]:
    known = {field.encode_name for field in fields_of(ChangeForm)}
    given: dict[str, object] = {name: cell for name, cell in row.items() if name in known and cell}
    return given | ({"members": row["members"].split()} if row.get("members") else {})


def _plan(day: str, ground: str, lines: list[dict[str, object]]) -> dict[str, object]:
    return {"effective_on": day, "ground": ground, "changes": lines}
