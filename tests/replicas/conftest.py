"""A fleet over a province of the test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foundation.cipher import Sealed
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from foundation.store import Store
from server.catalogue import catalogue
from tests.conftest import NOON
from tests.replicas.fleet import Fleet
from tests.replicas.shared_clock import HeldClock
from tests.world import KEYRING, World


@pytest.fixture
async def fleet(own_province: Endpoints, settings: Settings, tmp_path: Path) -> AsyncIterator[Fleet]:
    """Two web servers and a worker; whatever the test left running is stopped."""
    Sealed.use(KEYRING)
    clock = HeldClock(tmp_path / "clock", NOON)
    store = Store(own_province.app, clock, pool_size=2)
    world = World(store, clock, catalogue(), own_province.owner)
    started = Fleet(world, own_province, clock.file, settings.data)
    try:
        await started.start_worker()
        for replica in [await started.start_web(), await started.start_web()]:
            await started.join(replica)
        yield started
    finally:
        await started.stop()
        await world.close()
