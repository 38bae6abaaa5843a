"""One case by its id through the API, as four readers of a case with its whole history see it, and its page."""

from server.bench.actors import Actors, actors, run
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed

READERS = {"P": "yunnan.supervisor", "F": "diqing.supervisor", "C": "xgll.director", "T": "jiantang.head"}
ROUNDS = 100


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        for tier, login in READERS.items():
            await _read(people, tier, login, tally)
    return tally.report("case", there.cases)


async def _read(people: Actors, tier: str, login: str, tally: Tally) -> None:
    program, browser = await people.program(login), await people.browser(login)
    newest = (await people.get(program, "/api/v1/cases?size=1")).json()["rows"][0]["id"]
    tally.seconds[f"{tier}_api"] = await timed(lambda: people.get(program, f"/api/v1/cases/{newest}"), ROUNDS)
    tally.seconds[f"{tier}_html"] = await timed(lambda: people.get(browser, f"/cases/{newest}"), ROUNDS // 2)
