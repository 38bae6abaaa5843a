"""The part of the tree that a plan touches, before and after: what changes, with the way up to it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from organisation.tree_checks import Effect
from organisation.tree_model import Tree, Unit
from organisation.tree_plans import TreeChange, TreePlan
from organisation.tree_reading import units_on
from tenants.tiers import DEPTH, Tier

MOST = 300
"""Rows of one side; a county's townships are fewer."""


class Branchlet(Struct, frozen=True):
    """One row; `depth` 0 = the province. `marked`: it is changed, not only on the way."""

    depth: int
    name: str
    code: str
    marked: bool


class Sketch(Struct, frozen=True):
    before: list[Branchlet]
    after: list[Branchlet]


def tried(before: Mapping[int, Unit], after: Mapping[int, Unit], effects: Sequence[Effect]) -> Sketch:
    """Of lines that were tried on the tree of now."""
    touched = {one for effect in effects for one in (effect.subject, effect.made, effect.into, *effect.moved)}
    return _both(before, after, {one for one in touched if one is not None})


async def then_and_after(session: AsyncSession, plan: TreePlan, changes: Sequence[TreeChange]) -> Sketch:
    """Of a plan that was carried out: the tree on the day before, and on its day."""
    told = [change.effect or {} for change in changes]
    touched = {change.tenant_id for change in changes if change.tenant_id is not None}
    for effect in told:
        touched |= {one for one in (effect.get("made"), effect.get("into"), *effect.get("tenants", ())) if one}
    before = await _on(session, plan.effective_on - timedelta(days=1))
    return _both(before, await _on(session, plan.effective_on), touched)


async def _on(session: AsyncSession, day: date) -> dict[int, Unit]:
    found = await units_on(session, day)
    return {u.id: Unit(u.id, u.place_id, u.parent_id, u.tier, u.name, u.kind, u.code) for u in found}


def _both(before: Mapping[int, Unit], after: Mapping[int, Unit], touched: Collection[int]) -> Sketch:
    changed = {one for one in touched if before.get(one) != after.get(one)}
    shown = changed or set(touched)
    return Sketch(_rows(before, shown, changed), _rows(after, shown, changed))


def _rows(units: Mapping[int, Unit], shown: Collection[int], changed: Collection[int]) -> list[Branchlet]:
    """Depth first, in the order of the codes."""
    tree = Tree(units.values())
    wanted = {one for unit in shown if unit in units for one in tree.line(unit)}
    rows: list[Branchlet] = []

    def add(unit: Unit) -> None:
        rows.append(Branchlet(DEPTH[Tier(unit.tier)], unit.name, unit.code, unit.id in changed))
        below = [one for one in units.values() if one.parent == unit.id and one.id in wanted]
        for child in sorted(below, key=lambda one: one.code):
            add(child)

    for top in [one for one in units.values() if one.parent is None and one.id in wanted]:
        add(top)
    return rows[:MOST]
