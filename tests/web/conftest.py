"""The pages over a real database, as a browser without scripts sees them."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from cases.catalogue import Catalogue
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from server.app import build_app, start
from server.parts import make_parts


@pytest.fixture
async def app(settings: Settings, endpoints: Endpoints, clock: FrozenClock, catalogue: Catalogue) -> AsyncIterator[Litestar]:
    """The whole application; its gate is open."""
    parts = make_parts(settings, endpoints, clock)
    await start(parts)
    yield build_app(parts, catalogue)
    await parts.store.close()


@pytest.fixture
async def browser(app: Litestar) -> AsyncIterator[AsyncClient]:
    """Keeps cookies, follows nothing by itself."""
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://testserver") as client:
        yield client
