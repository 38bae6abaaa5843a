"""Registering through the API: sealed parties, papers, audit, outbox and idempotency, in one transaction."""

import asyncio
from functools import partial
from time import perf_counter

from server.bench.actors import Actors, Answered, Headers, actors, run
from server.bench.forms import registration
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally, timed

CLERKS = ("jiantang.clerk", "shengping.clerk", "baohe.clerk", "xgll.intake", "deqin.intake", "weixi.intake")
"""Offices of their own: a number series is locked until commit."""
ROUNDS, EACH, CLIENTS = 100, 40, (8, 16)


def measure(options: Options) -> Report:
    with ground(options) as there:
        return run(_measure(there))


async def _measure(there: Ground) -> Report:
    tally = Tally()
    async with actors(there) as people:
        clerks = [(await people.program(login), await place_of(people, login)) for login in CLERKS]
        for persons, key in ((1, "one_party"), (12, "twelve_parties")):
            tally.seconds[key] = await timed(partial(create, people, *clerks[0], persons), ROUNDS)
        for clients in CLIENTS:
            taken, rate = await _together(people, clerks, clients)
            tally.seconds[f"one_party_{clients}_clients"] = taken
            tally.ratios[f"creates_per_second_{clients}_clients"] = rate
    return tally.report("create", there.cases)


async def place_of(people: Actors, login: str) -> int:
    """Where the clerk's tenant is: disputes are counted by place, and a count is locked until commit."""
    tenant = (await people.subject(login)).tenant_id
    return int(await people.owner.fetchval("select place_id from tenants where id = $1", tenant))


async def create(people: Actors, clerk: Headers, place: int, persons: int = 1) -> Answered:
    return await people.post(clerk, "/api/v1/cases", registration(place, persons))


async def _together(people: Actors, clerks: list[tuple[Headers, int]], clients: int) -> tuple[list[float], float]:
    """Seconds of each registration, and how many a second, of so many clients at once."""
    taken: list[float] = []

    async def client(number: int) -> None:
        for _ in range(EACH):
            began = perf_counter()
            await create(people, *clerks[number % len(clerks)])
            taken.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*(client(number) for number in range(clients)))
    return taken, len(taken) / (perf_counter() - began)
