"""The tree in memory: what drafting tries out, execution writes, and a property test shuffles. No database here."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from organisation.divisions import ZONE
from tenants.tiers import Tier

ABOVE = {Tier.PREFECTURE: Tier.PROVINCE, Tier.COUNTY: Tier.PREFECTURE, Tier.TOWNSHIP: Tier.COUNTY}
BELOW = {above: tier for tier, above in ABOVE.items()}


class Unit(Struct, frozen=True):
    """A tenant in force with its place. What a plan makes has a negative id until it is written."""

    id: int
    place_id: int
    parent: int | None
    tier: str
    name: str
    kind: str
    code: str

    @property
    def zone(self) -> bool:
        return self.kind == ZONE


class Tree:
    """Units in force by id and by code; each change makes one of its units another, and never leaves a half."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = {unit.id: unit for unit in units}
        self._made = 0

    def coded(self, code: str | None) -> Unit | None:
        return next((unit for unit in self.units.values() if unit.code == code), None)

    def children(self, unit_id: int) -> list[Unit]:
        return [unit for unit in self.units.values() if unit.parent == unit_id]

    def subtree(self, unit_id: int) -> Iterator[int]:
        yield unit_id
        for child in self.children(unit_id):
            yield from self.subtree(child.id)

    def line(self, unit_id: int | None) -> list[int]:
        """The unit and all above it, upwards."""
        found = []
        while unit_id is not None:
            found.append(unit_id)
            unit_id = self.units[unit_id].parent
        return found

    def named_below(self, parent: int | None, name: str, but: int | None = None) -> bool:
        return any(u.name == name and u.parent == parent and u.id != but for u in self.units.values())

    def add(self, parent: Unit, name: str, kind: str, code: str) -> Unit:
        self._made -= 1
        unit = Unit(self._made, self._made, parent.id, BELOW[Tier(parent.tier)], name, kind, code)
        self.units[unit.id] = unit
        return unit

    def put(self, unit: Unit, **values: object) -> Unit:
        self.units[unit.id] = replace(unit, **values)
        return self.units[unit.id]

    def drop(self, unit: Unit) -> None:
        del self.units[unit.id]

    def county_code(self, unit: Unit) -> str:
        """Of the county or above, for the case number (decisions.md 20)."""
        if unit.tier == Tier.TOWNSHIP and unit.parent is not None:
            return self.units[unit.parent].code[:6]
        return unit.code[:6]

    @staticmethod
    def common(lines: list[list[int]]) -> int | None:
        """The lowest unit that stands in all of these lines."""
        return next((one for one in lines[0] if all(one in line for line in lines)), None)
