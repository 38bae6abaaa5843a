"""What two sets of rules do differently: rows as they are written, and cells as they decide."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from foundation.choice import Choice
from foundation.language import N_
from policies.named import RELATIONS_NAMED, ROLES_NAMED, TIERS_NAMED
from policies.rows import COLUMNS, LISTS, RuleRow, read
from policies.rules import Cell, Rule, RuleBook


class RowChangeKind(Choice):
    ADDED = "added", N_("新增")
    REMOVED = "removed", N_("删除")
    CHANGED = "changed", N_("修改")


class RowChange(Struct, frozen=True):
    """One row that differs; `columns` are those whose text is another."""

    no: str
    kind: RowChangeKind
    columns: tuple[str, ...]
    before: RuleRow | None
    after: RuleRow | None


class Line(Struct, frozen=True):
    """What one rule opens or closes in one relation for one role, with its sentence."""

    rule: str
    relation: str
    tiers: tuple[str, ...]
    actions: tuple[str, ...]
    zh: str
    en: str


class CellDifference(Struct, frozen=True):
    """`opened` and `closed` by role; `moved` cells stay open by another rule."""

    opened: dict[str, tuple[Line, ...]]
    closed: dict[str, tuple[Line, ...]]
    counts: tuple[int, int, int]
    """Cells opened, closed, moved."""


def row_changes(before: str, after: str) -> list[RowChange]:
    """Between two contents that can be read, in the order of the later one; removed rows come last."""
    old = {row.no: row for _, row in read(before)}
    new = {row.no: row for _, row in read(after)}
    changes = [_changed(old.get(no), row) for no, row in new.items()]
    gone = [RowChange(no, RowChangeKind.REMOVED, (), row, None) for no, row in old.items() if no not in new]
    return [change for change in changes if change.columns or change.before is None] + gone


def _changed(before: RuleRow | None, after: RuleRow) -> RowChange:
    if before is None:
        return RowChange(after.no, RowChangeKind.ADDED, (), None, after)
    columns = tuple(name for name in COLUMNS if _said(before, name) != _said(after, name))
    return RowChange(after.no, RowChangeKind.CHANGED, columns, before, after)


def _said(row: RuleRow, name: str) -> object:
    """The order of words says nothing."""
    return frozenset(getattr(row, name)) if name in LISTS else getattr(row, name)


def cell_difference(old: RuleBook, new: RuleBook) -> CellDifference:
    before, after = old.cells(), new.cells()
    opened = {cell: no for cell, no in after.items() if cell not in before}
    closed = {cell: no for cell, no in before.items() if cell not in after}
    moved = sum(1 for cell, no in after.items() if before.get(cell, no) != no)
    return CellDifference(by_role(opened, new.rules), by_role(closed, old.rules), (len(opened), len(closed), moved))


def by_role(cells: Mapping[Cell, str], rules: Mapping[str, Rule]) -> dict[str, tuple[Line, ...]]:
    """The cells as a person reads them: for each role its rules, tiers of equal actions together."""
    found: defaultdict[str, defaultdict[tuple[str, str], defaultdict[str, set[str]]]]
    found = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
    for (role, tier, relation, action), no in cells.items():
        found[role][no, relation][tier].add(action)
    order = list(rules)
    return {
        role: tuple(
            line
            for no, relation in sorted(found[role], key=lambda key: (order.index(key[0]), place(key[1])))
            for line in _lines(rules[no], relation, found[role][no, relation])
        )
        for role in ROLES_NAMED
        if role in found
    }


def place(relation: str) -> int:
    return list(RELATIONS_NAMED).index(relation)


def _lines(rule: Rule, relation: str, by_tier: Mapping[str, set[str]]) -> Iterator[Line]:
    together: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for tier in TIERS_NAMED:
        if tier in by_tier:
            together[_in_order(rule, by_tier[tier])].append(tier)
    for actions, tiers in together.items():
        yield Line(rule.no, relation, tuple(tiers), actions, rule.zh, rule.en)


def _in_order(rule: Rule, actions: Iterable[str]) -> tuple[str, ...]:
    wanted = set(actions)
    return tuple(action for action in rule.actions if action in wanted)
