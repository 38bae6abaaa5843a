"""The pages over the real province, as a browser without scripts sees them."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from httpx import ASGITransport, AsyncClient, Response
from litestar import Litestar

from foundation import cookies
from tests.second_step import code_of
from tests.world import PASSWORD, World


@pytest.fixture
def app(application: Litestar, world: World) -> Litestar:
    """The whole application; sealed columns are read with the world's keys, by which its people write them."""
    return application


@pytest.fixture
async def browser(app: Litestar, world: World) -> AsyncIterator["Browser"]:
    """Keeps cookies, follows nothing by itself."""
    async with AsyncClient(transport=ASGITransport(app=cast(Any, app)), base_url="http://testserver") as client:
        yield Browser(client, world)


class Browser:
    """Reads pages and sends forms with the page's hidden token."""

    def __init__(self, client: AsyncClient, world: World) -> None:
        self.client, self.world = client, world

    async def get(self, address: str, **headers: str) -> Response:
        return await self.client.get(address, headers=headers)

    async def send(self, address: str, data: dict[str, str | list[str]]) -> Response:
        """POST with the CSRF token that the last page carried."""
        if cookies.CSRF not in self.client.cookies:
            await self.get("/sign-in")
        token = self.client.cookies[cookies.CSRF]
        return await self.client.post(address, data={"_csrf_token": token, **data})

    async def sign_in(self, login: str) -> None:
        """As a person of the demonstration, acting in the first post."""
        answer = await self.send("/sign-in", {"login": login, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        if answer.headers["location"].startswith("/sign-in/code"):
            answer = await self.send("/sign-in/code", {"code": await code_of(self.world, login)})
            assert answer.status_code == 303, answer.text
        if answer.headers["location"] == "/posts":
            page = (await self.get("/posts")).text
            await self.send("/posts", {"post": page.split('name="post" value="')[1].split('"')[0]})

    def speak(self, language: str) -> None:
        self.client.cookies.set(cookies.LANGUAGE, language)
