"""Accepting a case from a township at the county: custody, its columns, relations, counters, audit of both chains.

One after another in this process; then many clients at two web processes, and PostgreSQL's own simple update beside it.
"""

import asyncio
import subprocess
import sys
from time import perf_counter
from uuid import uuid4

import asyncpg
import msgspec

from foundation.endpoints import asyncpg_dsn
from foundation.servers import server_pids
from server.bench.actors import Actors, Headers, actors, run
from server.bench.asker import Answers, Client
from server.bench.chaos_clients import Asking
from server.bench.chaos_kills import Processes
from server.bench.create import create, place_of
from server.bench.ground import Ground, Options, ground
from server.bench.processor import spent, spent_with_children
from server.bench.report import Report, Tally
from server.bench.simple_update import simple_updates

ROUNDS, WARM = 40, 3
WAITS = "select exists (select from outbox where done_at is null and set_aside_at is null and attempts < 5)"
WEB, CLIENTS, EACH, WARMING = 2, 16, 60, 12
ACCEPT = {"no_conflict": True}
WAYS = (
    ("jiantang.clerk", "jiantang.head", "xgll.director"),
    ("shengping.clerk", "shengping.head", "deqin.director"),
    ("baohe.clerk", "baohe.head", "weixi.director"),
)
"""Townships and their counties: the counters and the audit chain of one tenant are locked until commit."""


def measure(options: Options) -> Report:
    with ground(options) as there:
        tally, offered = run(_alone(there))
        with Processes(there.settings, WEB) as processes:
            _together(tally, processes, offered, there.endpoints.owner)
        tally.ratios["simple_updates_per_second"] = asyncio.run(simple_updates(there.endpoints.owner))
        updates = tally.ratios["simple_updates_per_second"]
        tally.ratios["accepts/simple_updates"] = tally.ratios["accepts_per_second"] / updates
        return tally.report("handover", there.cases)


async def _alone(there: Ground) -> tuple[Tally, Asking]:
    async with actors(there) as people:
        tally = Tally({"accept": await accepted(people, ROUNDS)})
        asking = Asking({way[-1]: await people.token(way[-1]) for way in WAYS})
        asking.cases = [await _offered(people, _way(number)) for number in range(CLIENTS * (EACH + WARMING))]
    return tally, asking


async def accepted(people: Actors, rounds: int) -> list[float]:
    """Seconds of each acceptance; registering and offering are not counted."""
    director, taken = await people.program(WAYS[0][-1]), []
    for number in range(WARM + rounds):
        case, version = await _offered(people, WAYS[0])
        began = perf_counter()
        await _act(people, director, case, "accept-handover", version, **ACCEPT)
        if number >= WARM:
            taken.append(perf_counter() - began)
    return taken


def _together(tally: Tally, processes: Processes, offered: Asking, owner: str) -> None:
    """Seconds of each and how many a second, once connections are open, statements prepared and old messages told."""
    requests = [_request(offered, number) for number in range(len(offered.cases))]
    _ask(processes, requests[: CLIENTS * WARMING])
    asyncio.run(_drained(owner))
    serving = [processes.running[str(port)].pid for port in processes.ports]
    database = server_pids(processes.settings)["PostgreSQL"]
    working = [processes.running["worker"].pid]
    web, stored, worked = spent(serving), spent_with_children(database), spent(working)
    answers = _ask(processes, requests[CLIENTS * WARMING :])
    done = len(answers.seconds)
    tally.seconds[f"accept_{CLIENTS}_clients"] = answers.seconds
    tally.ratios["accepts_per_second"] = done / answers.took
    tally.ratios["web_processor_ms"] = (spent(serving) - web) / done * 1000
    tally.ratios["worker_processor_ms"] = (spent(working) - worked) / done * 1000
    tally.ratios["database_processor_ms"] = (spent_with_children(database) - stored) / done * 1000


async def _drained(owner: str) -> None:
    """What a worker killed at the end of another bench had begun is done, each alone: no part of what is measured."""
    connection = await asyncpg.connect(asyncpg_dsn(owner))
    while await connection.fetchval(WAITS):
        await asyncio.sleep(1)
    await connection.close()


def _ask(processes: Processes, requests: list[bytes]) -> Answers:
    """By a process of its own; each of its clients has every so-many-th. Raises with what was refused."""
    clients = [Client(processes.port(), requests[number::CLIENTS]) for number in range(CLIENTS)]
    command = [sys.executable, "-m", "server.bench.asker"]
    told = subprocess.run(command, input=msgspec.json.encode(clients), stdout=subprocess.PIPE, check=True).stdout
    answers = msgspec.json.decode(told, type=Answers)
    if answers.refused or len(answers.seconds) != len(requests):
        raise RuntimeError(f"accept-handover: {answers.refused[:1]}")
    return answers


def _request(offered: Asking, number: int) -> bytes:
    """As it goes over the wire, with a key of its own."""
    case, version = offered.cases[number]
    token, body = offered.tokens[_way(number)[-1]], msgspec.json.encode(ACCEPT)
    lines = [
        f"POST /api/v1/cases/{case}/acts/accept-handover HTTP/1.1",
        "host: bench",
        f"authorization: Bearer {token}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"idempotency-key: {uuid4()}",
        f'if-match: "{version}"',
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _way(number: int) -> tuple[str, str, str]:
    return WAYS[number % len(WAYS)]


async def _offered(people: Actors, way: tuple[str, str, str]) -> tuple[str, int]:
    """Registered at a township, approved and offered to the county; the case and its version."""
    clerk, head = await people.program(way[0]), await people.program(way[1])
    office = (await people.subject(way[2])).office_id
    case = (await create(people, clerk, await place_of(people, way[0]))).json()["case"]["id"]
    version = await _act(people, head, case, "approve-registration", 1, answer="approve")
    return case, await _act(people, head, case, "offer-handover", version, to_office_id=office, reason="company")


async def _act(people: Actors, who: Headers, case: str, name: str, version: int, **form: object) -> int:
    """The version after it."""
    answered = await people.post(who, f"/api/v1/cases/{case}/acts/{name}", form, version)
    return int(answered.json()["version"])
