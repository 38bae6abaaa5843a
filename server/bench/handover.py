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
DIRECTOR = "xgll.director"


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
        asking = Asking({DIRECTOR: await people.token(DIRECTOR)})
        asking.cases = [await _offered(people) for _ in range(CLIENTS * (EACH + WARMING))]
    return tally, asking


async def accepted(people: Actors, rounds: int) -> list[float]:
    """Seconds of each acceptance; registering and offering are not counted."""
    director, taken = await people.program(DIRECTOR), []
    for number in range(WARM + rounds):
        case, version = await _offered(people)
        began = perf_counter()
        await _act(people, director, case, "accept-handover", version, **ACCEPT)
        if number >= WARM:
            taken.append(perf_counter() - began)
    return taken


async def _together(tally: Tally, processes: Processes, offered: Asking) -> None:
    """Seconds of each and how many a second, once connections are open and statements prepared."""
    token = offered.tokens[DIRECTOR]
    journal = Journal()

    async def client(cases: list[tuple[str, int]]) -> None:
        for case, version in cases:
            done = await act(journal, processes.port, token, case, "accept-handover", version, ACCEPT)
            if done is None or not done.done:
                raise RuntimeError(f"accept-handover: {done}")

    async def clients(cases: list[tuple[str, int]]) -> None:
        await asyncio.gather(*(client(cases[number::CLIENTS]) for number in range(CLIENTS)))

    warming, counted = offered.cases[: CLIENTS * WARMING], offered.cases[CLIENTS * WARMING :]
    await clients(warming)
    journal, began = Journal(), perf_counter()
    await clients(counted)
    tally.ratios["accepts_per_second"] = len(counted) / (perf_counter() - began)
    tally.seconds[f"accept_{CLIENTS}_clients"] = journal.seconds["accept-handover"]


async def _offered(people: Actors) -> tuple[str, int]:
    """Registered at a township, approved and offered to the county; the case and its version."""
    clerk, head = await people.program("jiantang.clerk"), await people.program("jiantang.head")
    office = (await people.subject(DIRECTOR)).office_id
    case = (await create(people, clerk, await place_of(people, "jiantang.clerk"))).json()["case"]["id"]
    version = await _act(people, head, case, "approve-registration", 1, answer="approve")
    return case, await _act(people, head, case, "offer-handover", version, to_office_id=office, reason="company")


async def _act(people: Actors, who: Headers, case: str, name: str, version: int, **form: object) -> int:
    """The version after it."""
    answered = await people.post(who, f"/api/v1/cases/{case}/acts/{name}", form, version)
    return int(answered.json()["version"])
