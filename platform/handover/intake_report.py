"""The dry run: every case of a file judged, every error at its line and field, and what would be made of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct

from foundation.sheet_table import Table
from handover.intake_judge import REPEATED, OutsideCase, errors_of, repeated, warnings_about
from handover.intake_known import Known
from handover.intake_lines import Drawn, LineError, drawn
from handover.intake_mapping import ColumnMap

GLANCE = 10


class Shown(Struct, frozen=True):
    """A case as the report shows it: nothing of a person."""

    line: int
    outside_no: str
    state: str
    filed_on: date
    dispute_type: int
    place: str
    persons: int
    others: int
    claims: int


class Report(Struct, frozen=True):
    lines: int
    cases: int
    persons: int
    states: dict[str, int]
    errors: list[LineError]
    warnings: list[LineError]
    shown: list[Shown]
    """The first ones."""


def judged(table: Table, mapping: ColumnMap, known: Known, sent_on: date) -> tuple[Report, list[OutsideCase]]:
    """The report, and the cases themselves when there is no error at all. Runs long."""
    found = drawn(table, mapping, known)
    for one in found:
        if one.case is not None:
            one.errors += map(one.place, errors_of(one.case, known, sent_on))
            one.warnings += map(one.place, warnings_about(one.case, known))
    _mark_repeated(found)
    report = _report(table, found, {option.value: option.label for option in known.options["place"]})
    return report, [] if report.errors else [one.case for one in found if one.case is not None]


def _mark_repeated(found: Sequence[Drawn]) -> None:
    read = [one for one in found if one.case is not None]
    for place in repeated([one.case.outside_no for one in read if one.case is not None]):
        read[place].errors.append(LineError(read[place].line, "outside_no", "repeated", REPEATED))


def _report(table: Table, found: Sequence[Drawn], places: Mapping[str, str]) -> Report:
    cases = [(one.line, one.case) for one in found if one.case is not None]
    return Report(
        lines=len(table.lines),
        cases=len(found),
        persons=sum(len(case.petitioners) for _, case in cases),
        states=dict(Counter(case.state.value for _, case in cases)),
        errors=sorted((error for one in found for error in one.errors), key=_by_line),
        warnings=sorted((warning for one in found for warning in one.warnings), key=_by_line),
        shown=[_shown(line, case, places) for line, case in cases[:GLANCE]],
    )


def _by_line(error: LineError) -> tuple[int, str]:
    return error.line, error.field


def _shown(line: int, case: OutsideCase, places: Mapping[str, str]) -> Shown:
    return Shown(
        line=line,
        outside_no=case.outside_no,
        state=case.state.value,
        filed_on=case.filed_on,
        dispute_type=case.dispute_type,
        place=places.get(str(case.place_id), ""),
        persons=len(case.petitioners),
        others=len(case.other_side),
        claims=len(case.claims),
    )
