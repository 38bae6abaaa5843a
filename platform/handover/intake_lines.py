"""Lines of a table become cases: words become codes, days become days, and each error knows its line and field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct, field

from foundation.errors import FieldError, InvalidInput
from foundation.forms import parse
from foundation.language import N_
from foundation.sheet_table import Line, Table
from handover.intake_fields import CASE, CLAIM, FIELDS, OTHER, PETITIONER, Field, Kind
from handover.intake_judge import OutsideCase
from handover.intake_known import Known
from handover.intake_mapping import ColumnMap, plain
from handover.intake_units import same_unit

DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+\d{1,2}:\d{2}(?::\d{2})?.*)?|(\d{8})"
)
SERIAL = re.compile(r"\d{5}")
SERIALS = range(30_000, 60_000)
"""From 1982 to 2064: what a day becomes in a spreadsheet whose cell is not a date."""
EPOCH = date(1899, 12, 30)
NESTED = {"petitioner": "petitioners", "other": "other_side", "claim": "claims"}
OURS = {"place": "place_id"}
"""Fields of a file -> of the case."""
THEIRS = {ours: theirs for theirs, ours in OURS.items()}


class LineError(Struct, frozen=True):
    """`field`: of handover.intake_fields, or none: it concerns the whole line."""

    line: int
    field: str
    rule: str
    message: str
    params: dict[str, object] = {}


class Drawn(Struct):
    """One case and the lines that tell of it: of the case itself, and of each row of parties and claims."""

    line: int
    case: OutsideCase | None = None
    rows: dict[str, list[int]] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)
    warnings: list[LineError] = field(default_factory=list)

    def place(self, error: FieldError) -> LineError:
        """An error of a form, at its line and field."""
        head, _, rest = error.field.partition(".")
        number, _, name = rest.partition(".")
        group = next((one for one, nested in NESTED.items() if nested == head), None)
        if group is None:
            return LineError(self.line, THEIRS.get(head, head), error.rule, error.message, error.params)
        lines = self.rows.get(head, [])
        line = lines[int(number)] if number.isdigit() and int(number) < len(lines) else self.line
        code = f"{group}.{name}" if f"{group}.{name}" in FIELDS else f"{group}.{'text' if group == 'claim' else 'name'}"
        return LineError(line, code, error.rule, error.message, error.params)


def drawn(table: Table, mapping: ColumnMap, known: Known) -> list[Drawn]:
    """Every case of the file, in its order; those with errors have none of their own checks done yet."""
    return [_drawn(lines, mapping, known) for lines in _together(table, mapping)]


def _together(table: Table, mapping: ColumnMap) -> Iterator[list[Line]]:
    """Lines that follow with the same number and no statement tell of further parties and claims of one case."""
    number, statement = mapping.columns.get("outside_no"), mapping.columns.get("statement")
    together: list[Line] = []
    for line in table.lines:
        same = together and number is not None and line.cells[number] == together[0].cells[number] != ""
        if same and statement is not None and not line.cells[statement]:
            together.append(line)
            continue
        if together:
            yield together
        together = [line]
    if together:
        yield together


def _drawn(lines: Sequence[Line], mapping: ColumnMap, known: Known) -> Drawn:
    case = Drawn(lines[0].number)
    raw = _values(CASE, lines[0], mapping, known, case)
    for group, fields in (("petitioner", PETITIONER), ("other", OTHER), ("claim", CLAIM)):
        rows = raw[NESTED[group]] = []
        for line in lines:
            row = _values(fields, line, mapping, known, case)
            if not any(_cell(one, line, mapping) for one in fields if one.kind is not Kind.CODE):
                continue
            if known_unit := same_unit(rows, row):
                known_unit |= row | known_unit
            else:
                rows.append(row)
                case.rows.setdefault(NESTED[group], []).append(line.number)
    try:
        parsed = parse(OutsideCase, raw, strict=False)
        case.case = None if case.errors else parsed
    except InvalidInput as refused:
        told = {(one.line, one.field) for one in case.errors}
        placed = map(case.place, refused.fields)
        case.errors += [one for one in placed if (one.line, one.field) not in told]
    return case


def _cell(one: Field, line: Line, mapping: ColumnMap) -> str:
    column = mapping.columns.get(one.code)
    return line.cells[column] if column is not None else ""


def _values(fields: Sequence[Field], line: Line, mapping: ColumnMap, known: Known, case: Drawn) -> dict[str, Any]:
    """As a form would send them; what can't be read is an error of the case."""
    found: dict[str, Any] = {}
    for one in fields:
        column = mapping.columns.get(one.code)
        if column is not None and column in line.odd:
            odd = line.odd[column]
            case.errors.append(LineError(line.number, one.code, odd.value, odd.label))
            continue
        word = _cell(one, line, mapping) or mapping.fixed.get(one.code, "")
        if word:
            found[OURS.get(one.code, one.name)] = _read(one, word, line, mapping, known, case)
    return found


def _read(one: Field, word: str, line: Line, mapping: ColumnMap, known: Known, case: Drawn) -> str:
    if one.kind is Kind.DATE:
        return _day(one, word, line, case)
    if one.kind in (Kind.CODE, Kind.YES_NO):
        code = code_of(one.code, word, mapping, known)
        if not code:
            text = N_("不是所列项目，请在“取值对应”中说明")
            case.errors.append(LineError(line.number, one.code, "not_a_choice", text))
        return code or word
    return word.replace(" ", "") if one.name in ("id_number", "telephone", "uscc") else word


def code_of(field_code: str, word: str, mapping: ColumnMap, known: Known) -> str:
    """Our code for a word of the file; empty = none, or several."""
    said = mapping.values.get(field_code, {}).get(word)
    words: Mapping[str, str] = known.words[field_code]
    return said or words.get(plain(word), "")


def _day(one: Field, word: str, line: Line, case: Drawn) -> str:
    """ISO, from the usual ways to write a day; the form refuses the rest."""
    if SERIAL.fullmatch(word) and int(word) in SERIALS:
        day = EPOCH + timedelta(days=int(word))
        text = N_("表格的日期序号读作 %(day)s，请核对")
        case.warnings.append(LineError(line.number, one.code, "serial_day", text, {"day": str(day)}))
        return str(day)
    match = DAY.fullmatch(word)
    if match is None:
        return word
    if match[4]:
        return f"{match[4][:4]}-{match[4][4:6]}-{match[4][6:]}"
    return f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}"
