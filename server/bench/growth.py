"""What more cases cost: the same list, case, registration and acceptance among ten thousand, then tenfold, …"""

from statistics import median

from msgspec import structs

from server.bench.actors import Actors, actors, run
from server.bench.create import create, place_of
from server.bench.ground import Ground, Options, ground
from server.bench.handover import accepted
from server.bench.report import Report, Tally, timed

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS, ACCEPTED = 100, 30
READER, CLERK = "xgll.director", "jiantang.clerk"


def measure(options: Options) -> Report:
    """Of the sizes up to the one asked for, the ratios to the smallest."""
    tally, held = Tally(), 0
    sizes = [size for size in SIZES if size <= options.cases] or [options.cases]
    for size in sizes:
        with ground(structs.replace(options, cases=size, here=False)) as there:
            for key, rounds in run(_rounds(there)).items():
                tally.seconds[f"{key}_{size}"] = rounds
                tally.ratios[f"{key}_{size}/{sizes[0]}"] = median(rounds) / median(tally.seconds[f"{key}_{sizes[0]}"])
            held = there.cases
    return tally.report("growth", held)


async def _rounds(there: Ground) -> dict[str, list[float]]:
    async with actors(there) as people:
        return await _measured(people)


async def _measured(people: Actors) -> dict[str, list[float]]:
    reader, clerk = await people.program(READER), await people.program(CLERK)
    page, place = await people.get(reader, "/api/v1/cases"), await place_of(people, CLERK)
    newest = page.json()["rows"][0]["id"]
    browser = await people.browser(READER)
    overseer = await people.program("yunnan.supervisor")
    return {
        "list": await timed(lambda: people.get(reader, "/api/v1/cases"), ROUNDS),
        "list_P": await timed(lambda: people.get(overseer, "/api/v1/cases"), ROUNDS),
        "case": await timed(lambda: people.get(reader, f"/api/v1/cases/{newest}"), ROUNDS),
        "create": await timed(lambda: create(people, clerk, place), ROUNDS),
        "handover": await accepted(people, ACCEPTED),
        "desk": await timed(lambda: people.get(browser, "/desk"), ROUNDS // 2),
        "overview_P": await timed(lambda: people.get(overseer, "/api/v1/overview"), ROUNDS // 2),
    }
