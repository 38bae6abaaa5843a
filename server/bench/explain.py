"""Why one may or may not, and who can see a case now: asked by its director, by a supervisor and at the page."""

from server.bench.actors import Actors, actors, run
from server.bench.case import READERS
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed

ROUNDS = 100


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        for tier in ("P", "F", "C"):
            await _ask(people, tier, READERS[tier], tally)
    return tally.report("explain", there.cases)


async def _ask(people: Actors, tier: str, login: str, tally: Tally) -> None:
    program, browser = await people.program(login), await people.browser(login)
    case = (await people.get(program, "/api/v1/cases?size=1")).json()["rows"][0]["id"]
    addresses = {
        "allowed": f"/api/v1/access/explain?case_id={case}&action=case:read",
        "refused": f"/api/v1/access/explain?case_id={case}&action=ledger:read",
        "who": f"/api/v1/cases/{case}/sight",
    }
    for name, address in addresses.items():
        tally.seconds[f"{tier}_{name}"] = await timed(lambda address=address: people.get(program, address), ROUNDS)  # type: ignore[misc]  # a default binds the address now
    page = f"/cases/{case}/access?action=case:read.identity"
    tally.seconds[f"{tier}_page"] = await timed(lambda: people.get(browser, page), ROUNDS // 2)
