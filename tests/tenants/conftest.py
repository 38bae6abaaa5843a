"""The owner's store, for what a test sets up before anyone signs in, and a county clerk to sign in as."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Store
from tests.tenants.people import person, small_tree
from tests.world import KEYRING

FREE_IDS = count(100_000, 10)


@pytest.fixture(autouse=True)
def keys() -> None:
    """By which secrets of second factors are sealed."""
    Sealed.use(KEYRING)


@pytest.fixture
async def owner(endpoints: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    opened = Store(endpoints.owner, clock, pool_size=1)
    yield opened
    await opened.close()


@pytest.fixture
async def offices(owner: Store) -> tuple[int, int]:
    """The offices of two sibling counties under one province."""
    return await small_tree(owner, next(FREE_IDS))


@pytest.fixture
async def login(owner: Store, offices: tuple[int, int]) -> str:
    """The login of a person with one post, in the first county."""
    name = f"clerk-{offices[0]}"
    await person(owner, name, {offices[0]: "intake"})
    return name
