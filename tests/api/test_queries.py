"""How often one case through the API asks the database: as often with many acts and guards as with few."""

from collections.abc import Awaitable, Callable

import pytest

from cases.facts import Judged
from server.catalogue import catalogue
from server.parts import Parts
from tests.cases.build import Walk, consented, registered
from tests.door import Door
from tests.statements import recorded
from tests.teams.build import confirmed, drafted, sealed
from tests.world import World

MOST = 4
"""Sign-in, scope, the case with its records, and all else: two names and what the guards judge by."""
READS_FOR_ITSELF = {"dossier_complete"}
"""Goes through the whole dossier; asked only when nothing is left but to archive it."""
WALKS = [(registered, "jiantang.head"), (consented, "xgll.director"), (confirmed, "xgll.director"),
         (drafted, "xgll.director"), (sealed, "xgll.director")]  # fmt: skip


@pytest.mark.parametrize(("build", "login"), WALKS)
async def test_one_case_asks_a_fixed_number_of_times_whatever_stands_open(
    door: Door, world: World, parts: Parts, build: Callable[..., Awaitable[Walk]], login: str
) -> None:
    case_id = (await build(world, persons=2)).case_id
    async with await door.program(login) as reader:
        address = f"/api/v1/cases/{case_id}"
        assert (await reader.get(address)).json()["available_actions"]  # the first look is written, this once
        with recorded(parts.store) as sent:
            assert (await reader.get(address)).status_code == 200
    assert len(sent) <= MOST, sent


def test_no_guard_costs_a_statement_of_its_own() -> None:
    asking = {name for name, guard in catalogue().guards.items() if not isinstance(guard, Judged)}
    assert asking == READS_FOR_ITSELF
