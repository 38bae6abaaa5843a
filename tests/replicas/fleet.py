"""Two web servers and a worker on the same servers, and clients whose requests go to one and the other in turn."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from httpx import AsyncBaseTransport, AsyncClient, AsyncHTTPTransport, ConnectError, Request, Response

from foundation.endpoints import Endpoints
from tests.door import BASE, Door
from tests.world import World

SECONDS = 60
"""For what must come at all on a busy machine."""
PAUSE = 0.1


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    """Ask again until it is so."""
    async with asyncio.timeout(SECONDS):
        while not await true():
            await asyncio.sleep(PAUSE)


class Replica:
    """One process. A web server's `port` is its own; a worker's is 0."""

    def __init__(self, process: Process, port: int) -> None:
        self.process, self.port = process, port

    async def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        await asyncio.wait_for(self.process.wait(), SECONDS)

    async def stop(self) -> int:
        """Asked to; the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), SECONDS)


class InTurn(AsyncBaseTransport):
    """Each request to the next of the web servers that live. A connection that breaks is the caller's affair."""

    def __init__(self, ports: Callable[[], list[int]], wire: AsyncHTTPTransport) -> None:
        self.ports, self.wire = ports, wire
        self.turn = count()

    async def handle_async_request(self, request: Request) -> Response:
        ports = self.ports()
        request.url = request.url.copy_with(host="127.0.0.1", port=ports[next(self.turn) % len(ports)])
        return await self.wire.handle_async_request(request)


class Fleet(Door):
    """A door with several processes behind it."""

    def __init__(self, world: World, addresses: Endpoints, clock: Path, data: Path) -> None:
        self.world, self.addresses, self.clock, self.data = world, addresses, clock, data
        self.web: list[Replica] = []
        self.started: list[Replica] = []
        """All, also those that were killed."""
        self.wire = AsyncHTTPTransport()

    def client(self, *, address: str = "127.0.0.1", **options: Any) -> AsyncClient:
        """In turn to all."""
        transport = InTurn(lambda: [replica.port for replica in self.web], self.wire)
        return AsyncClient(transport=transport, base_url=BASE, timeout=SECONDS, **options)

    def client_of(self, replica: Replica, **headers: str) -> AsyncClient:
        """To one alone."""
        transport = InTurn(lambda: [replica.port], self.wire)
        return AsyncClient(transport=transport, base_url=BASE, timeout=SECONDS, headers=headers)

    async def start_web(self) -> Replica:
        """A web server, which gets no request yet."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        replica = Replica(await self._start("serve", port), port)
        self.started.append(replica)
        return replica

    async def join(self, replica: Replica) -> None:
        """Among the others from when it says that it is ready."""
        await until(lambda: self._ready(replica))
        self.web.append(replica)

    async def start_worker(self) -> Replica:
        replica = Replica(await self._start("work", 0), 0)
        self.started.append(replica)
        return replica

    async def ready(self, replica: Replica) -> dict[str, Any]:
        """What it says of itself."""
        async with self.client_of(replica) as client:
            answer: dict[str, Any] = (await client.get("/ready")).json()
        return answer

    async def _ready(self, replica: Replica) -> bool:
        assert replica.process.returncode is None, "it ended"
        try:
            return bool((await self.ready(replica))["status"] == "ready")
        except ConnectError:  # it does not listen yet
            return False

    async def _start(self, kind: str, port: int) -> Process:
        own = {"TIAOJIE_DATA": str(self.data)} | ({"TIAOJIE_PORT": str(port)} if port else {})
        others = {name: value for name, value in os.environ.items() if not name.startswith("TIAOJIE_")}
        shown = msgspec.json.encode(self.addresses).decode()
        arguments = ("-m", "tests.replicas.process", kind, shown, str(self.clock))
        return await asyncio.create_subprocess_exec(sys.executable, *arguments, env=others | own)

    async def stop(self) -> list[int]:
        """Each is asked to end, if it still runs; the exit codes, in the order of the starts."""
        codes = await asyncio.gather(*(replica.stop() for replica in self.started))
        await self.wire.aclose()
        return codes
