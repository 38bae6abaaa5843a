"""Whom the web server believes about where a request came from."""

import httpx
import pytest
from httpx import ASGITransport
from litestar import Litestar, Request, get
from litestar.datastructures import State

from foundation.endpoints import Endpoints
from foundation.settings import load_settings
from server.headers import security_headers
from server.readiness import Readiness
from server.web_server import web_server
from tests.door import Door

FORWARDED = {"X-Forwarded-For": "198.51.100.4, 203.0.113.9", "X-Forwarded-Proto": "https"}
TRUSTED = {"TIAOJIE_TRUSTED_PROXIES": "127.0.0.1,10.0.3.0/24"}


@get("/who")
async def who(request: Request[None, None, State]) -> str:
    return f"{request.url.scheme} {request.client.host if request.client else ''}"


async def seen(environ: dict[str, str], address: str, endpoints: Endpoints) -> str:
    """What the application takes for the address of somebody who comes from `address` with forwarded headers."""
    readiness = Readiness(endpoints)
    app = Litestar([who], openapi_config=None, state=State({"readiness": readiness}))
    config = web_server(app, load_settings(environ)).config
    config.load()
    transport = ASGITransport(app=config.loaded_app, client=(address, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        told = (await client.get("/who", headers=FORWARDED)).text
    await readiness.close()
    return told


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.3.7", "203.0.113.1"])
async def test_without_a_trusted_proxy_the_sockets_address_counts(endpoints: Endpoints, address: str) -> None:
    assert await seen({}, address, endpoints) == f"http {address}"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.3.7"])
async def test_a_trusted_proxy_tells_the_nearest_address_that_is_not_its_own(
    endpoints: Endpoints, address: str
) -> None:
    assert await seen(TRUSTED, address, endpoints) == "https 203.0.113.9"


async def test_nobody_else_is_believed_beside_a_trusted_proxy(endpoints: Endpoints) -> None:
    assert await seen(TRUSTED, "203.0.113.1", endpoints) == "http 203.0.113.1"


async def test_https_is_promised_only_where_people_come_by_https(door: Door) -> None:
    async with door.client() as anyone:
        assert "strict-transport-security" not in (await anyone.get("/health")).headers
    secure = Litestar([who], openapi_config=None, before_send=[security_headers(https=True)])
    transport = ASGITransport(app=secure)  # type: ignore[arg-type]  # narrower ASGI types
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        assert (await client.get("/who")).headers["strict-transport-security"] == "max-age=31536000"


async def test_the_id_of_a_request_is_given_back_when_it_is_one_and_else_made(door: Door) -> None:
    given = "7d6f5c4e-0000-4000-8000-1234567890ab"
    async with door.client() as anyone:
        assert (await anyone.get("/health", headers={"X-Request-Id": given})).headers["x-request-id"] == given
        made = (await anyone.get("/nothing", headers={"X-Request-Id": "13808870001"})).headers["x-request-id"]
    assert made != "13808870001" and len(made) == len(given)
