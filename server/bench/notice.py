"""From the commit of a fact to the event at an open page, with 2,000 pages open on one web process; and its memory."""

import asyncio
import resource
from contextlib import AsyncExitStack
from pathlib import Path
from time import perf_counter
from uuid import UUID, uuid4

import asyncpg

from foundation import cookies
from foundation.endpoints import asyncpg_dsn
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
OURS = "select cause = $2 from notices where id = $1"
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
        owner = await asyncpg.connect(asyncpg_dsn(there.endpoints.owner))
        closing.push_async_callback(owner.close)
        port = processes.ports[0]
        pid = processes.running[str(port)].pid
        mine = await _open(port, await people.token(READER))
        tally = Tally(ratios={"megabytes_with_1_stream": _megabytes(pid)})
        tokens = [await people.token(login) for login in OTHERS]
        others = [await _open(port, tokens[number % len(tokens)]) for number in range(STREAMS - 1)]
        tally.ratios[f"megabytes_with_{STREAMS}_streams"] = _megabytes(pid)
        rounds = [await _round(people, mine, owner) for _ in range(WARM + ROUNDS)]
        tally.seconds["commit_to_event"] = [seconds for seconds, _ in rounds[WARM:]]
        tally.ratios[f"megabytes_with_{STREAMS}_streams_after"] = _megabytes(pid)
        unread = [bytes(other[0]._buffer) for other in others]  # type: ignore[attr-defined]  # what has come and is not read
        if any(told in page for _, told in rounds for page in unread):
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


async def _round(people: Actors, page: Page, owner: asyncpg.Connection) -> tuple[float, bytes]:
    """Seconds from the commit of a fact until its event is there; and the line with the notice's id.

    What the jobs of the ground itself tell may come between.
    """
    await asyncio.sleep(LONGEST_PAUSE * uuid4().int / 2**128)
    teller, reader, cause = await people.subject(TELLER), await people.subject(READER), f"bench:{uuid4()}"
    async with people.parts.store.scoped(teller.scope) as session:
        await tell(session, NoticeKind.CASE_CHANGED, cause, address="/desk", persons=[reader.person_id])
    committed = perf_counter()
    while True:
        told = await _until(page[0], b"event: notice")
        seconds = perf_counter() - committed
        if await owner.fetchval(OURS, UUID(told.decode().removeprefix("id: ").strip()), cause):
            return seconds, told


async def _until(reader: asyncio.StreamReader, wanted: bytes) -> bytes:
    """The line before the wanted one."""
    before = b""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while wanted not in (line := await reader.readline()):
            if not line:
                raise ConnectionError("the stream has ended")
            before = line
    return before


def _megabytes(pid: int) -> float:
    """What the process holds of the machine's memory."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024
