"""The province with fictitious cases in it, for the tests of the seed."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import CaseRelations
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from policies.start import open_gate
from server.catalogue import catalogue
from tests.databases import clone, drop, unique
from tests.server.filling import fill
from tests.world import KEYRING, World


@pytest.fixture(scope="session")
def seeded(running_servers: Endpoints, filled_template: str) -> Iterator[Endpoints]:
    """LIGHT and FULL fictitious cases at least, some of each rarer kind; made once."""
    name = unique("seeded")
    clone(running_servers, filled_template, name)
    endpoints = running_servers.on_database(name)
    asyncio.run(fill(endpoints.owner))
    yield endpoints
    drop(running_servers, name)


@pytest.fixture
async def owner(seeded: Endpoints, clock: FrozenClock) -> AsyncIterator[AsyncSession]:
    """Sees everything, and writes nothing: what a test did is rolled back."""
    Sealed.use(KEYRING)
    store = Store(seeded.owner, clock, pool_size=1)
    async with store.anonymous() as session:
        yield session
        await session.rollback()
    await store.close()


@pytest.fixture
async def seeded_world(seeded: Endpoints, clock: FrozenClock) -> AsyncIterator[World]:
    """Real people doing real acts among the fictitious cases."""
    Sealed.use(KEYRING)
    store = Store(seeded.app, clock, pool_size=2)
    await open_gate(store, CaseRelations())
    world = World(store, clock, catalogue(), seeded.owner)
    yield world
    await world.close()
