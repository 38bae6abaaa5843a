"""The ground of the leak tests, built once in a worker, in a database of its own: they count what there is."""

from collections.abc import AsyncIterator, Iterator

import pytest

from cases.relations import CaseRelations
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from foundation.store import Store
from policies import gate
from policies.gate import Gate
from policies.start import open_gate
from server.app import build_app
from server.catalogue import catalogue
from server.parts import make_parts
from tests.databases import clone, drop, redis_number, unique
from tests.leaks.ground import Ground, prepared
from tests.world import KEYRING, World


@pytest.fixture(scope="session")
def leak_province(running_servers: Endpoints, filled_template: str, worker_id: str) -> Iterator[Endpoints]:
    name = unique("leaks")
    clone(running_servers, filled_template, name)
    yield running_servers.on_database(name, redis_number(worker_id))
    drop(running_servers, name)


@pytest.fixture(scope="session")
async def built(
    leak_province: Endpoints, settings: Settings, worker_clock: FrozenClock
) -> AsyncIterator[tuple[Ground, Gate]]:
    addresses = leak_province
    parts = make_parts(settings, addresses, worker_clock)
    Sealed.use(KEYRING)
    world = World(Store(addresses.app, worker_clock, pool_size=2), worker_clock, catalogue(), addresses.owner)
    await open_gate(world.store, CaseRelations())
    app = build_app(parts, world.catalogue)
    try:
        yield await prepared(app, world, parts, worker_clock), gate.opened()
    finally:
        await app.state["operators_office"].close()
        await app.state["readiness"].close()  # what the lifespan would close
        await parts.close()
        await world.close()


@pytest.fixture
def ground(built: tuple[Ground, Gate], clock: FrozenClock) -> Ground:
    """With its gate open and its keys in use, whatever other tests did."""
    made, opened = built
    Sealed.use(KEYRING)
    gate.use(opened)
    return made


@pytest.fixture(autouse=True)
def registry_tells_the_truth(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that exits.csv names has been through every route and template that it is named for."""
    if "ground" not in request.fixturenames:
        yield
        return
    ground: Ground = request.getfixturevalue("ground")
    ground.visits.seen.clear()
    yield
    missed = list(ground.visits.missed(request.node.name))
    assert not missed, f"exits.csv says that this test watches what it never came by: {missed}"
