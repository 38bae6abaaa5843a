"""From the commit of a fact to the event at an open page, with 2,000 pages open on one web process; and its memory."""

import asyncio
import resource
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from foundation import cookies
from foundation.wake import Waker
from oversight.notice_kinds import NoticeKind
from oversight.telling import tell
from server.bench.actors import Actors, actors, run
from server.bench.chaos_kills import Processes
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally
from server.handlers import HANDLERS, unheard_of

STREAMS, ROUNDS, WARM = 2000, 100, 5
TELLER, READER = "jiantang.head", "xgll.director"
OTHERS = ("deqin.director", "weixi.director", "xgll.handler", "jiantang.clerk", "shengping.head", "baohe.head")
PATIENCE_SECONDS = 10
LONGEST_PAUSE = 0.4
"""Between two facts: they meet the relay's poll at every phase."""
FILES = 8192


def measure(options: Options) -> Report:
    """Raises when an event does not come, or comes to somebody else."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    with ground(options) as there, Processes(there.settings, 1) as processes:
        return run(_measured(there, processes)).report("notice", there.cases)


async def _measured(there: Ground, processes: Processes) -> Tally:
    async with actors(there) as people, AsyncExitStack() as closing:
        waker = people.parts.store.after_commit = Waker(there.endpoints.redis, unheard_of(HANDLERS))
        closing.push_async_callback(waker.close)
        port = processes.ports[0]
        pid = processes.running[str(port)].pid
        mine = await _open(port, await people.token(READER))
        tally = Tally(ratios={"megabytes_with_1_stream": _megabytes(pid)})
        tokens = [await people.token(login) for login in OTHERS]
        others = [await _open(port, tokens[number % len(tokens)]) for number in range(STREAMS - 1)]
        tally.ratios[f"megabytes_with_{STREAMS}_streams"] = _megabytes(pid)
        tally.seconds["commit_to_event"] = [await _round(people, mine) for _ in range(WARM + ROUNDS)][WARM:]
        tally.ratios[f"megabytes_with_{STREAMS}_streams_after"] = _megabytes(pid)
        if any(b"event: notice" in bytes(other[0]._buffer) for other in others):  # type: ignore[attr-defined]  # what has come and is not read
            raise RuntimeError("a notice came to a page of somebody else")
        for _, writer in (mine, *others):
            writer.close()
        return tally


Page = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _open(port: int, token: str) -> Page:
    """A stream that has told what the bell shows."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = ("GET /notices/stream HTTP/1.1", "host: bench", f"cookie: {cookies.SESSION}={token}", "", "")
    writer.write("\r\n".join(lines).encode())
    await _until(reader, b"event: bell")
    return reader, writer


async def _round(people: Actors, page: Page) -> float:
    """Seconds from the commit of a fact until its event is there."""
    await asyncio.sleep(LONGEST_PAUSE * uuid4().int / 2**128)
    teller, reader = await people.subject(TELLER), await people.subject(READER)
    async with people.parts.store.scoped(teller.scope) as session:
        await tell(session, NoticeKind.CASE_CHANGED, f"bench:{uuid4()}", address="/desk", persons=[reader.person_id])
    committed = perf_counter()
    await _until(page[0], b"event: notice")
    return perf_counter() - committed


async def _until(reader: asyncio.StreamReader, wanted: bytes) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while wanted not in (line := await reader.readline()):
            if not line:
                raise ConnectionError("the stream has ended")


def _megabytes(pid: int) -> float:
    """What the process holds of the machine's memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
