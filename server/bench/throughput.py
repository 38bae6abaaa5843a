"""How many lists a second one web worker gives over HTTP, against 50 rows by the bare driver in the same framework."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter

from foundation.endpoints import asyncpg_dsn
from server.bench.actors import Headers, actors
from server.bench.ground import Ground, Options, ground
from server.bench.raw import DSN
from server.bench.report import Report, Tally
from server.bench.start import free_port

CLIENTS, SECONDS, TURNS = 16, 3.0, 4
READER = "xgll.director"
WAIT = 30.0


def measure(options: Options) -> Report:
    with ground(options) as there, _raw(there) as raw, _served(there) as served:
        return asyncio.run(_measure(there, raw, served))


async def _measure(there: Ground, raw: int, served: int) -> Report:
    async with actors(there) as people:
        program = await people.program(READER)
    tally, rates = Tally(), dict[str, list[float]](api=[], raw=[])
    for turn in range(-1, TURNS):
        for key, port, address, headers in (("raw", raw, "/list", ()), ("api", served, "/api/v1/cases", program)):
            taken = await _load(port, address, headers)
            if turn < 0:
                continue  # connections are opened, statements prepared
            tally.seconds[key] = [*tally.seconds.get(key, ()), *taken]
            rates[key].append(len(taken) / SECONDS)
    tally.ratios["lists_per_second"], tally.ratios["raw_per_second"] = median(rates["api"]), median(rates["raw"])
    tally.ratios["api/raw"] = median(rates["api"]) / median(rates["raw"])
    return tally.report("throughput", there.cases)


async def _load(port: int, address: str, headers: Headers) -> list[float]:
    """Seconds of every request of so many clients, each on one connection, for the length of a turn."""
    lines = [b"GET %s HTTP/1.1" % address.encode(), b"host: bench", *(b"%s: %s" % header for header in headers)]
    request = b"\r\n".join([*lines, b"", b""])
    ends, taken = perf_counter() + SECONDS, list[float]()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while (began := perf_counter()) < ends:
            writer.write(request)
            await _answer(reader)
            taken.append(perf_counter() - began)
        writer.close()

    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    return taken


async def _answer(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.partition(b"\r\n")[0].decode())
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    await reader.readexactly(int(length))


@contextmanager
def _raw(there: Ground) -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "server.bench.raw:create_app", "--port", str(port)]
    environ = {**os.environ, DSN: asyncpg_dsn(there.endpoints.owner)}
    with _running([*command, "--no-access-log", "--log-level", "warning"], environ, port):
        yield port


@contextmanager
def _served(there: Ground) -> Iterator[int]:
    """`tiaojie serve`, one process, with its logs on."""
    port = free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TIAOJIE_")}
    environ |= {"TIAOJIE_DATA": str(there.settings.data), "TIAOJIE_PORT": str(port), "TIAOJIE_LOG": "json"}
    with _running([sys.executable, "-m", "server.cli", "serve"], environ, port):
        yield port


@contextmanager
def _running(command: list[str], environ: dict[str, str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as process:
        try:
            asyncio.run(_answering(port))
            yield
        finally:
            process.terminate()


async def _answering(port: int) -> None:
    """When the server takes connections."""
    async with asyncio.timeout(WAIT):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return
