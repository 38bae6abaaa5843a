"""The people of the demonstration, and the whole application in this process, spoken to without a network.

What a call takes is the server's own time: everything but the parsing of HTTP.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
import msgspec
import uvloop
from litestar import Litestar
from msgspec import Struct

from foundation import cookies, logs
from foundation.clock import SystemClock
from foundation.endpoints import asyncpg_dsn
from server import memory
from server.app import build_app, start
from server.bench.ground import Ground
from server.catalogue import catalogue
from server.parts import Parts, make_parts
from tenants.sessions import begin, own
from tenants.subject import Subject

WHO = """
select a.person_id, w.role, t.tier, t.id, o.id, o.kind, w.id, a.id from accounts a
join posts w on w.person_id = a.person_id join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
where a.login = $1 order by w.id limit 1
"""
Headers = tuple[tuple[bytes, bytes], ...]
Result = TypeVar("Result")


class Answered(Struct, frozen=True):
    status: int
    body: bytes
    headers: Mapping[bytes, bytes]

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Actors:
    """One application over one ground, and sessions in it."""

    def __init__(self, ground: Ground, parts: Parts, app: Litestar, owner: asyncpg.Connection) -> None:
        self.ground, self.parts, self.app, self.owner = ground, parts, app, owner

    async def subject(self, login: str) -> Subject:
        """The person in the first post."""
        return Subject(*await self.owner.fetchrow(WHO, login))

    async def token(self, login: str) -> str:
        """A session that passed everything: signing in itself is slow by design, and not what is measured."""
        subject = await self.subject(login)
        assert subject.account_id is not None
        async with self.parts.store.scoped(own(subject.person_id)) as session:
            return await begin(session, subject.account_id, subject.post_id, second_factor=True)

    async def program(self, login: str) -> Headers:
        return ((b"authorization", b"Bearer " + (await self.token(login)).encode()),)

    async def browser(self, login: str) -> Headers:
        return ((b"cookie", f"{cookies.SESSION}={await self.token(login)}".encode()),)

    async def get(self, headers: Headers, address: str) -> Answered:
        return await self._call("GET", address, headers, b"")

    async def post(self, headers: Headers, address: str, body: Any, version: int | None = None) -> Answered:
        """JSON, with an idempotency key of its own."""
        extra = [(b"content-type", b"application/json"), (b"idempotency-key", str(uuid4()).encode())]
        extra += [] if version is None else [(b"if-match", f'"{version}"'.encode())]
        return await self._call("POST", address, (*headers, *extra), msgspec.json.encode(body))

    async def _call(self, method: str, address: str, headers: Headers, body: bytes) -> Answered:
        path, _, query = address.partition("?")
        scope = {
            **{"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "root_path": ""},
            **{"method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode()},
            **{"headers": [(b"host", b"bench"), *headers], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80)},
            "state": {},
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)  # type: ignore[arg-type]  # Litestar's own narrower ASGI types
        answered = Answered(
            sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:]), dict(sent[0]["headers"])
        )
        if answered.status >= 400:
            raise RuntimeError(f"{method} {path}: {answered.status} {answered.body.decode()}")
        return answered


def run(measuring: Coroutine[Any, Any, Result]) -> Result:
    """On the event loop of the web server."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(measuring)


@asynccontextmanager
async def actors(ground: Ground) -> AsyncIterator[Actors]:
    logs.configure("json", "warning")
    parts = make_parts(ground.settings, ground.endpoints, SystemClock())
    await start(parts)
    app = build_app(parts, catalogue())
    owner = await asyncpg.connect(asyncpg_dsn(ground.endpoints.owner))
    memory.settle()
    try:
        yield Actors(ground, parts, app, owner)
    finally:
        await owner.close()
        await app.state["operators_office"].close()
        await parts.close()
