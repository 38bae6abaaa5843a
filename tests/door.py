"""The whole application over the province, spoken to as a program or a browser would."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from foundation import cookies
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import Settings
from server.app import build_app, start
from server.catalogue import catalogue
from server.parts import Parts, make_parts
from tenants.accounts import SignIn
from tenants.sessions import IDLE, hashed
from tests.conftest import NOON
from tests.second_step import code_of
from tests.world import KEYRING, PASSWORD, World

BASE = "http://testserver"
SESSIONS: dict[tuple[str, str, str | None], str] = {}
A_WHILE = timedelta(minutes=15)
"""Who has gone on further in time may have let sessions run out, which the next test would find ended."""


class Door:
    """Clients of one application. A refusal is an answer here, not an exception."""

    def __init__(self, app: Litestar, world: World) -> None:
        self.app, self.world = app, world

    def client(self, *, address: str = "127.0.0.1", **options: Any) -> AsyncClient:
        source = (address, 50000)
        transport = ASGITransport(app=self.app, raise_app_exceptions=False, client=source)  # type: ignore[arg-type]  # narrower ASGI types
        return AsyncClient(transport=transport, base_url=BASE, **options)

    async def program(self, login: str, role: str | None = None, language: str = "zh") -> AsyncClient:
        """Signed in with a bearer token, in the named or the only post."""
        return self.bearing(await self.token(login, role), language)

    def bearing(self, token: str, language: str = "zh") -> AsyncClient:
        return self.client(headers={"Authorization": f"Bearer {token}", "Accept-Language": language})

    async def browser(self, login: str, role: str | None = None) -> AsyncClient:
        """Signed in with the cookie."""
        return self.client(cookies={cookies.SESSION: await self.token(login, role)})

    async def token(self, login: str, role: str | None = None) -> str:
        """One session per person and post serves all tests of a worker: signing in is slow by design."""
        key = (self.world.owner_url, login, role)
        if key not in SESSIONS or not await self.lives(SESSIONS[key]):
            SESSIONS[key] = await self.sign_in(login, role)
        return SESSIONS[key]

    async def lives(self, token: str) -> bool:
        """Another test may have ended the sessions of this person, or this one have let so much time pass."""
        now = self.world.clock.now()
        async with self.world.owner() as session:
            found = await session.get(SignIn, hashed(token))
        return found is not None and found.ends_at > now and found.seen_at > now - IDLE

    async def sign_in(self, login: str, role: str | None = None) -> str:
        """A session of this test's own."""
        async with self.client() as client:
            begun = await client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
            if begun.status_code == 202:
                proof = {"pending": begun.json()["pending"], "code": await code_of(self.world, login)}
                begun = await client.post("/api/v1/sessions/second-factor", json=proof)
            assert begun.status_code == 201, begun.text
            token: str = begun.json()["token"]
            posts = begun.json()["posts"]
            if len(posts) > 1:
                post = next(post for post in posts if role is None or post["role"] == role)
                bearer = {"Authorization": f"Bearer {token}"}
                chosen = await client.put("/api/v1/sessions/current/post", json={"post_id": post["id"]}, headers=bearer)
                assert chosen.status_code == 200, chosen.text
        return token


@pytest.fixture(scope="session")
async def parts(settings: Settings, province: Endpoints, worker_clock: FrozenClock) -> AsyncIterator[Parts]:
    """The application's own, over the province's database. Everything in it reads the worker's clock."""
    made = make_parts(settings, province, worker_clock)
    await start(made)
    yield made
    await made.close()


@pytest.fixture(scope="session")
async def application(parts: Parts) -> AsyncIterator[Litestar]:
    """Built once in a worker: what a test does to it, the next test meets."""
    app = build_app(parts, catalogue())
    yield app
    await app.state["operators_office"].close()


@pytest.fixture
async def own_parts(settings: Settings, own_province: Endpoints, own_world: World) -> AsyncIterator[Parts]:
    """Those of `own_door`."""
    made = make_parts(settings, own_province, own_world.clock)
    yield made
    await made.close()


@pytest.fixture
async def own_door(own_parts: Parts, own_world: World) -> AsyncIterator[Door]:
    """Over a province of this test's own: for a test that looks for its case on a page of a list."""
    Sealed.use(KEYRING)
    app = build_app(own_parts, catalogue())
    yield Door(app, own_world)
    await app.state["operators_office"].close()
    await app.state["readiness"].close()  # what the lifespan would close


@pytest.fixture
def door(application: Litestar, world: World) -> Iterator[Door]:
    """Sealed columns are read with the world's keys, by which its people's second factors are sealed."""
    yield Door(application, world)
    if world.clock.now() - NOON > A_WHILE:
        SESSIONS.clear()
