"""The real tree in a database of this folder's own, with the gate open; each test's changes are rolled back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import CaseRelations
from foundation.cipher import Sealed
from foundation.clock import FrozenClock, local_date
from foundation.endpoints import Endpoints
from foundation.store import Store
from organisation.divisions import DIVISIONS, read_tree_file
from organisation.tree_import import import_tree
from policies.start import open_gate
from server.operator import OPERATOR
from tests.conftest import NOON
from tests.databases import clone, drop, unique
from tests.world import KEYRING


@pytest.fixture(autouse=True)
def keys() -> None:
    """By which the second factors of the demonstration are sealed."""
    Sealed.use(KEYRING)


async def _fill(endpoints: Endpoints) -> None:
    store = Store(endpoints.owner, FrozenClock(NOON), pool_size=1)
    await open_gate(store, CaseRelations())
    async with store.anonymous() as session:
        await import_tree(session, OPERATOR, read_tree_file(DIVISIONS), local_date(NOON))
    await store.close()


@pytest.fixture(scope="session")
def tree_database(running_servers: Endpoints, template: str) -> Iterator[Endpoints]:
    """All of Yunnan's tenants and offices."""
    name = unique("tree")
    clone(running_servers, template, name)
    asyncio.run(_fill(running_servers.on_database(name)))
    yield running_servers.on_database(name)
    drop(running_servers, name)


@pytest.fixture
async def owner(tree_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(tree_database.owner, clock, pool_size=1)
    await open_gate(opened, CaseRelations())
    yield opened
    await opened.close()


@pytest.fixture
async def app(tree_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    """The application's own role on the same tree."""
    opened = Store(tree_database.app, clock, pool_size=2)
    await open_gate(opened, CaseRelations())
    yield opened
    await opened.close()


@pytest.fixture
async def session(owner: Store) -> AsyncIterator[AsyncSession]:
    """A transaction of the owner that is rolled back, without the plans that other tests left."""
    async with owner.anonymous() as opened:
        for table in ("tree_words", "tree_queue", "tree_changes", "tree_successors", "tree_plans"):
            await opened.execute(text(f"delete from {table}"))
        yield opened
        await opened.rollback()
