"""Accepting a case from a township at the county: custody, its columns, relations, counters, audit of both chains."""

from time import perf_counter

from server.bench.actors import Actors, Headers, actors, run
from server.bench.create import create, place_of
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally

ROUNDS, WARM = 40, 3


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    async with actors(there) as people:
        tally = Tally({"accept": await accepted(people, ROUNDS)})
    return tally.report("handover", there.cases)


async def accepted(people: Actors, rounds: int) -> list[float]:
    """Seconds of each acceptance; registering and offering are not counted."""
    clerk, head = await people.program("jiantang.clerk"), await people.program("jiantang.head")
    director, office = await people.program("xgll.director"), (await people.subject("xgll.director")).office_id
    place, taken = await place_of(people, "jiantang.clerk"), []
    for number in range(WARM + rounds):
        case = (await create(people, clerk, place)).json()["case"]["id"]
        await _act(people, head, case, "approve-registration", 1, answer="approve")
        await _act(people, head, case, "offer-handover", 2, to_office_id=office, reason="company")
        began = perf_counter()
        await _act(people, director, case, "accept-handover", 3, no_conflict=True)
        if number >= WARM:
            taken.append(perf_counter() - began)
    return taken


async def _act(people: Actors, who: Headers, case: str, act: str, version: int, **form: object) -> None:
    await people.post(who, f"/api/v1/cases/{case}/acts/{act}", form, version)
