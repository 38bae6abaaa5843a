"""The matrix of rights: role × tier × relation × action, from the rules themselves; the one source of the page, the
spreadsheet and the tests' parameters."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from policies.named import ACTIONS_NAMED, RELATIONS_NAMED, ROLES_NAMED, TIERS_NAMED
from policies.relations import Relation
from policies.rules import Cell, RuleBook

AXES: Mapping[str, tuple[str, ...]] = {
    "role": tuple(ROLES_NAMED),
    "tier": tuple(TIERS_NAMED),
    "relation": tuple(RELATIONS_NAMED),
    "action": tuple(ACTIONS_NAMED),
}
"""Every word of each axis, in the order in which it is shown."""
NAMES = {"role": ROLES_NAMED, "tier": TIERS_NAMED, "relation": RELATIONS_NAMED, "action": ACTIONS_NAMED}
ORDER = tuple(AXES)


class Standing(Struct, frozen=True):
    """All that one role may do at one tier in one relation: action -> number of the rule. What is absent is refused."""

    role: str
    tier: str
    relation: str
    actions: dict[str, str]


class Wish(Struct, frozen=True):
    """Which part of the matrix; None = all of that axis. `whole` shows rows and columns without any right too."""

    role: str | None = None
    tier: str | None = None
    relation: str | None = None
    action: str | None = None
    whole: bool = False

    def holds(self, cell: Cell) -> bool:
        return all(wanted in (None, word) for wanted, word in zip(self.fixed, cell, strict=True))

    @property
    def fixed(self) -> tuple[str | None, ...]:
        return (self.role, self.tier, self.relation, self.action)


class Grid(Struct, frozen=True):
    """A part of the matrix on paper. `cells` by (row, column): rule number -> tiers; an absent key is refused.

    `counted`: too much for rules; a cell then says how many actions are allowed.
    """

    row_axis: str
    column_axis: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[str, str], dict[str, tuple[str, ...]]]
    counts: dict[tuple[str, str], int]
    counted: bool
    rules: tuple[str, ...]


def every_cell() -> Iterator[Cell]:
    """The whole matrix with both signs, and the relations that only take away: 1.1 million."""
    return itertools.product(AXES["role"], AXES["tier"], [str(one) for one in Relation], AXES["action"])


def standings(book: RuleBook, wish: Wish | None = None) -> list[Standing]:
    """In the order of the axes."""
    asked = wish or Wish()
    found: defaultdict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for cell, no in book.cells().items():
        if asked.holds(cell):
            found[cell[:3]][cell[3]] = no
    keys = sorted(found, key=lambda key: tuple(AXES[axis].index(word) for axis, word in zip(ORDER, key, strict=False)))
    return [Standing(*key, dict(sorted(found[key].items()))) for key in keys]


def grid(book: RuleBook, wish: Wish) -> Grid:
    """Actions down and relations across where one role is asked for; with nothing fixed, roles down and counts."""
    row_axis, column_axis = _axes(wish)
    cells: defaultdict[tuple[str, str], defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    counted: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    rules: set[str] = set()
    for cell, no in book.cells().items():
        if wish.holds(cell):
            words = dict(zip(ORDER, cell, strict=True))
            key = (words[row_axis], words[column_axis])
            cells[key][no].append(words["tier"])
            counted[key].add(words["action"])
            rules.add(no)
    return Grid(
        row_axis=row_axis,
        column_axis=column_axis,
        rows=_shown(row_axis, {key[0] for key in cells}, wish),
        columns=_shown(column_axis, {key[1] for key in cells}, wish),
        cells={key: {no: _tiers(tiers) for no, tiers in found.items()} for key, found in cells.items()},
        counts={key: len(actions) for key, actions in counted.items()},
        counted="action" not in (row_axis, column_axis) and wish.action is None,
        rules=tuple(no for no in book.rules if no in rules),
    )


def _axes(wish: Wish) -> tuple[str, str]:
    free = [axis for axis in ("action", "role", "relation") if getattr(wish, axis) is None]
    if len(free) == 3:
        return "role", "relation"
    if len(free) == 2:
        return free[0], free[1]
    return (free[0] if free else "action"), "tier"


def _shown(axis: str, used: set[str], wish: Wish) -> tuple[str, ...]:
    fixed = getattr(wish, axis)
    if fixed is not None:
        return (fixed,)
    return tuple(word for word in AXES[axis] if wish.whole or word in used)


def _tiers(tiers: list[str]) -> tuple[str, ...]:
    return tuple(tier for tier in AXES["tier"] if tier in tiers)
