"""What stands where, from the counters: of the province, a prefecture, a county; and the desk that opens first."""

from functools import partial

from server.bench.actors import actors, run
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed

READERS = {"P": "yunnan.supervisor", "F": "diqing.supervisor", "C": "xgll.lgo"}
DESKS = {"C_desk": "xgll.director", "T_desk": "jiantang.head"}
ROUNDS = 50


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        for tier, login in READERS.items():
            program = await people.program(login)
            tally.seconds[tier] = await timed(partial(people.get, program, "/api/v1/overview"), ROUNDS)
        for key, login in DESKS.items():
            browser = await people.browser(login)
            tally.seconds[key] = await timed(partial(people.get, browser, "/desk"), ROUNDS)
    return tally.report("overview", there.cases)
