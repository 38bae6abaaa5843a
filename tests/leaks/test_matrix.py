"""Role × tier × relation × exit: each member gets exactly what the rules allow, each stranger nothing (result 9).

Sampled: every cell of the rules asks the case itself, one act's form and an eighth of the other exits, in turn; of all
cells with the same rights and the same kind of sight one asks every exit, and the forms of half its own acts.
"""

from collections.abc import Iterator

import pytest

from tests.leaks.ground import Ground
from tests.leaks.registry import Row, watched_by
from tests.leaks.standings import Standing
from tests.leaks.walking import FULL_SIGHT_HIDDEN, Address, addresses, faults

TIERS = ("T", "F", "P", "C")
"""Where the case lies, one after another; at last where it lay."""
ALWAYS = "GET /api/v1/cases/{case_id:uuid}"
EVERY = 8
"""Of those who are not the first of their kind each asks every eighth exit, in turn."""


def case_rows() -> list[Row]:
    """The registered exits of one case that are read."""
    mine = watched_by("test_each_standing_gets_from_every_exit_what_the_rules_allow")
    return [row for row in mine if row.method == "GET"]


@pytest.mark.failure(7)
async def test_each_standing_gets_from_every_exit_what_the_rules_allow(ground: Ground) -> None:
    rows = case_rows()
    found: list[str] = []
    asked = 0
    for tier in TIERS:
        await ground.held_at(tier)
        for number, standing in enumerate(ground.standings):
            if standing.at == tier:
                async with ground.of(standing) as reader:
                    for address in _asked(ground, rows, standing, number):
                        found += faults(ground, address, standing, await reader.get(address.text))
                        asked += 1
    assert not found, "\n".join(found)
    assert asked > len(ground.standings) * len(rows) // 3


def _asked(ground: Ground, rows: list[Row], standing: Standing, number: int) -> Iterator[Address]:
    """All of them for the first of its kind; for the others the whole page and some of the parts, in turn."""
    first = standing in _firsts(ground)
    for place, row in enumerate(rows):
        if row.kind == "choices":
            for act in _acts(ground, standing, number, whole=first):
                yield from addresses(row, ground, ground.case_id, act)
        elif first or row.exit == ALWAYS or (place + number) % EVERY == 0:
            yield from addresses(row, ground, ground.case_id)


def _acts(ground: Ground, standing: Standing, number: int, *, whole: bool) -> list[str]:
    """Half of the own ones, for the first of its kind; and one in its turn, which is mostly somebody else's."""
    acts = ground.world.catalogue.acts
    own = [name for name, act in acts.items() if whole and act.action in standing.actions]
    return [*own[number % 2 :: 2], list(acts)[number % len(acts)]]


def _firsts(ground: Ground) -> list[Standing]:
    """One for each set of rights and kind of sight: what the exits are cut by."""
    kinds = {(one.actions, one.cell.relation in FULL_SIGHT_HIDDEN, one.cut): one for one in ground.standings}
    return list(kinds.values())
