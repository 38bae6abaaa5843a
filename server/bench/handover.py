"""Accepting a case from a township at the county: custody, its columns, relations, counters, audit of both chains.

One after another in this process; then many clients at two web processes, and PostgreSQL's own simple update beside it.
"""

import asyncio
from time import perf_counter

from server.bench.actors import Actors, Headers, actors, run
from server.bench.chaos_clients import Asking, Journal, act
from server.bench.chaos_kills import Processes
from server.bench.create import create, place_of
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally
from server.bench.simple_update import simple_updates

ROUNDS, WARM = 40, 3
WEB, CLIENTS, EACH, WARMING = 2, 16, 20, 4
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
            asyncio.run(_together(tally, processes, offered))
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


async def _together(tally: Tally, processes: Processes, offered: Asking) -> None:
    """Seconds of each and how many a second, once connections are open and statements prepared."""
    journal = Journal()
    numbered = [(case, version, _way(number)[-1]) for number, (case, version) in enumerate(offered.cases)]

    async def client(cases: list[tuple[str, int, str]]) -> None:
        for case, version, login in cases:
            token = offered.tokens[login]
            done = await act(journal, processes.port, token, case, "accept-handover", version, ACCEPT)
            if done is None or not done.done:
                raise RuntimeError(f"accept-handover: {done}")

    async def clients(cases: list[tuple[str, int, str]]) -> None:
        await asyncio.gather(*(client(cases[number::CLIENTS]) for number in range(CLIENTS)))

    warming, counted = numbered[: CLIENTS * WARMING], numbered[CLIENTS * WARMING :]
    await clients(warming)
    journal, began = Journal(), perf_counter()
    await clients(counted)
    tally.ratios["accepts_per_second"] = len(counted) / (perf_counter() - began)
    tally.seconds[f"accept_{CLIENTS}_clients"] = journal.seconds["accept-handover"]


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
