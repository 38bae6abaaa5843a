"""The tests of dossiers act in the real province, on cases that were agreed or are still at the table."""

import pytest

from tests.dossiers.build import Built, agreed_case, table_case
from tests.world import World


@pytest.fixture
async def agreed(world: World) -> Built:
    """Two petitioners and a company; the agreement took effect now."""
    return await agreed_case(world)


@pytest.fixture
async def at_table(world: World) -> Built:
    """The same dispute with an opinion issued and nothing signed."""
    return await table_case(world)
