"""The database goes away under those who use it: 503 and when to ask again, and work goes on when it is back."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest
from redis import Redis

from foundation import cookies
from foundation.servers import server_pids, servers
from foundation.store import Store
from server.first_fill import PASSWORD
from server.pulse import beats
from tests.door import Door
from tests.in_memory import folder_of
from tests.server.processes import Place, filled_place

WAYS = ("/api/v1/cases", "/desk", "/api/v1/notes", "/admin/")
ASKERS = 6


@pytest.fixture
def place() -> Iterator[Place]:
    with folder_of("lost") as folder, filled_place(folder / "data") as filled:
        yield filled


@pytest.mark.parametrize("path", ["/api/v1/cases", "/desk"])
@pytest.mark.parametrize(
    "cut",
    [
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionResetError("Connection reset by peer"),
    ],
)
async def test_a_request_that_is_cut_off_is_told_when_to_ask_again_at_both_doors(
    door: Door, path: str, cut: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await door.token("xgll.director")

    async def ask(*_: Any) -> Any:
        raise cut

    monkeypatch.setattr(Store, "ask", ask)
    async with door.bearing(token) as program, await door.browser("xgll.director") as browser:
        answer = await (program if path.startswith("/api/") else browser).get(path)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "protocol" not in answer.text


def test_web_server_and_worker_outlive_a_killed_database_and_nobody_meets_a_defect(place: Place) -> None:
    """What died is started by the next who comes, while the two are there."""
    web, worker = place.start("serve"), place.start("worker")
    web.until_ready()
    worker.until(lambda: beats(place.endpoints.redis))
    answers = asyncio.run(asked_while_it_dies(web.address, server_pids(place.settings)["PostgreSQL"]))
    assert {answer.status_code for answer in answers} <= {200, 403, 404, 503}
    cut = [answer for answer in answers if answer.status_code == 503]
    assert cut and all(answer.headers["retry-after"] for answer in cut)
    web.until_ready(503)
    with servers(place.settings, print, durable=False):
        web.until_ready()
        with Redis.from_url(place.endpoints.redis) as redis:
            redis.delete(f"tiaojie:worker:{socket.gethostname()}")
        worker.until(lambda: beats(place.endpoints.redis))  # said anew only after the database has answered
    assert "unexpected_error" not in web.printed()
    assert (web.end(), worker.end()) == (0, 0)


async def asked_while_it_dies(address: str, postmaster: int) -> list[httpx.Response]:
    """All that was answered: a while before the kill and a while after it."""
    answers: list[httpx.Response] = []
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        given = {"login": "xgll.director", "password": PASSWORD}
        token = (await client.post("/api/v1/sessions", json=given)).json()["token"]
        client.headers["Authorization"] = f"Bearer {token}"
        client.cookies[cookies.SESSION] = token

        async def ask(number: int) -> None:
            while len([answer for answer in answers if answer.status_code == 503]) < 20:
                answers.append(await client.get(WAYS[number % len(WAYS)]))
                if len(answers) == 60:
                    os.kill(postmaster, signal.SIGKILL)

        async with asyncio.timeout(60):
            await asyncio.gather(*(ask(number) for number in range(ASKERS)))
    return answers
