"""What would change if a draft were in force: cells that open and close, by role, with the rule's sentence and how many
people and cases that touches."""

import asyncio

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from policies.difference import CellDifference, Line, RowChangeKind, cell_difference, row_changes
from policies.named import ROLES_NAMED
from policies.rules import Cell, RuleBook, parse
from policies.touched import Count, Counts, counts, persons_with
from tenants.roles import ROLE_NAMES

DECIDES = frozenset({"no", "roles", "tiers", "relations", "actions", "fields"})


class Effect(Struct, frozen=True):
    """One line of the difference and whom it touches; None = nobody by post, or no case."""

    line: Line
    people: Count | None
    cases: Count | None


class OfRole(Struct, frozen=True):
    role: str
    opened: tuple[Effect, ...]
    closed: tuple[Effect, ...]


class WhatIf(Struct, frozen=True):
    """`moved`: cells that stay open by another rule. `worded`: rules of which only sentences, condition or basis are
    others. `people`: persons with a post whose rights change. `cases`: the most that one line touches."""

    opened: int
    closed: int
    moved: int
    worded: tuple[str, ...]
    people: int
    cases: Count
    roles: tuple[OfRole, ...]


async def what_if(session: AsyncSession, before: str, after: str) -> WhatIf:
    """Between two contents; raises PolicyBroken where one can't be read."""
    difference, changed = await asyncio.to_thread(_compared, before, after)
    found = await counts(session, changed)
    roles = tuple(
        OfRole(role, _effects(difference.opened, role, found), _effects(difference.closed, role, found))
        for role in ROLES_NAMED
        if role in difference.opened or role in difference.closed
    )
    effects = [effect for one in roles for effect in (*one.opened, *one.closed)]
    posts = {(role, tier) for role, tier, _, _ in changed if role in ROLE_NAMES}
    return WhatIf(
        opened=difference.counts[0],
        closed=difference.counts[1],
        moved=difference.counts[2],
        worded=_worded(before, after),
        people=await persons_with(session, sorted(posts)),
        cases=max((effect.cases for effect in effects if effect.cases), key=_size, default=Count(0)),
        roles=roles,
    )


def _compared(before: str, after: str) -> tuple[CellDifference, set[Cell]]:
    old, new = parse(before), parse(after)
    return cell_difference(old, new), _changed(old, new)


def _changed(old: RuleBook, new: RuleBook) -> set[Cell]:
    return set(old.cells().keys() ^ new.cells().keys())


def _effects(lines: dict[str, tuple[Line, ...]], role: str, found: Counts) -> tuple[Effect, ...]:
    return tuple(
        Effect(line, found.people_of(role, line.tiers, line.relation), found.cases_of(role, line.tiers, line.relation))
        for line in lines.get(role, ())
    )


def _worded(before: str, after: str) -> tuple[str, ...]:
    return tuple(
        change.no
        for change in row_changes(before, after)
        if change.kind is RowChangeKind.CHANGED and not DECIDES & set(change.columns)
    )


def _size(count: Count) -> tuple[int, bool]:
    return count.number, count.more
