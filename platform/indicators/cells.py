"""The columns of an overview, and a row of them as it may be shown."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from cases.steps import OPEN, STEP_OF, State, Step
from indicators.hiding import hide


class Cells(Struct, frozen=True):
    """Counts of one row; None = hidden. `overdue`: the term ended before today. `steps`: standing at step 1 to 8."""

    cases: int | None
    open: int | None
    overdue: int | None
    settled: int | None
    refused: int | None
    archived: int | None
    steps: tuple[int | None, ...]


SIX = ("cases", "open", "overdue", "settled", "refused", "archived")
STEPS = tuple(f"step{step}" for step in Step)


def columns_of(state: State, ending: str) -> Iterator[str]:
    """The columns in which a case of this state and ending counts; `overdue` is counted by day, apart."""
    yield "cases"
    yield f"step{STEP_OF[state]}"
    if state in OPEN:
        yield "open"
    if state is State.ARCHIVED:
        yield "archived"
    if ending:
        yield ending


def cells(rows: Sequence[Counter[str]], *, hidden: bool) -> list[Cells]:
    """One row of cells each; what is small is hidden down the columns, then along the steps of each row."""
    shown: dict[str, list[int | None]] = {name: [row[name] for row in rows] for name in (*SIX, *STEPS)}
    if hidden:
        shown = {name: hide(column) for name, column in shown.items()}
    return [_row(shown, number, hidden=hidden) for number in range(len(rows))]


def _row(shown: dict[str, list[int | None]], number: int, *, hidden: bool) -> Cells:
    cases, opened, overdue, settled, refused, archived = (shown[name][number] for name in SIX)
    steps = [shown[name][number] for name in STEPS]
    return Cells(cases, opened, overdue, settled, refused, archived, tuple(hide(steps) if hidden else steps))
