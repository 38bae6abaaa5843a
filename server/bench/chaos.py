"""Handovers while processes are killed and the database is restarted; afterwards everything is where it should be.

Clients offer, accept, take back, dispute and have holders named, two at once on one case where they can; every answer
that they got is kept, and what they were told must be found once, and nothing else.
"""

import asyncio
from pathlib import Path
from random import Random

import click
from msgspec import Struct

from server.bench.actors import Actors, actors, run
from server.bench.chaos_checks import check
from server.bench.chaos_clients import Asking, Journal
from server.bench.chaos_kills import Injuries, Processes
from server.bench.chaos_money import check_money, endow
from server.bench.chaos_orders import ORDERING, put_under_order
from server.bench.chaos_play import TOWNSHIP, WHO, Play
from server.bench.create import create, place_of
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally


class Chaos(Struct, frozen=True):
    """So many handovers over so many cases. The same seed plays the same cards; which request a kill meets, and who
    wins a race, is the machine's."""

    handovers: int = 10_000
    over: int = 500
    clients: int = 16
    web: int = 3
    kills: int = 24
    seed: int = 1
    folder: Path = Options(0).folder

    @property
    def options(self) -> Options:
        return Options(1000, folder=self.folder / "chaos")


def measure(chaos: Chaos) -> Report:
    """Raises SystemExit with what was found wrong."""
    with ground(chaos.options) as there:
        asking = run(_prepare(there, chaos))
        given = asyncio.run(endow(there.endpoints, [case for case, _ in asking.cases]))
        with Processes(there.settings, chaos.web) as processes:
            journal, injuries = asyncio.run(_play(asking, processes, chaos))
        wrong = asyncio.run(check(there.endpoints, journal))
        wrong |= asyncio.run(check_money(there.endpoints, given))
        return _told(there, journal, injuries, wrong)


async def _prepare(there: Ground, chaos: Chaos) -> Asking:
    """People with sessions, and cases at a township, ready to go."""
    async with actors(there) as people:
        await people.owner.execute(OFTEN)
        asking = Asking({login: await people.token(login) for login in WHO})
        for login in WHO:
            asking.offices[login] = (await people.subject(login)).office_id or 0
        asking.cases = [await _case(people) for _ in range(chaos.over)]
    return asking


async def _case(people: Actors) -> tuple[str, int]:
    """Registered, approved and under an order; its id and version."""
    clerk, head = await people.program("jiantang.clerk"), await people.program(TOWNSHIP)
    made = (await create(people, clerk, await place_of(people, "jiantang.clerk"))).json()["case"]
    address = f"/api/v1/cases/{made['id']}/acts/approve-registration"
    done = await people.post(head, address, {"answer": "approve"}, made["version"])
    return made["id"], await put_under_order(people, made["id"], done.json()["version"])


OFTEN = """
insert into handover_settings (tenant_id, most_handovers, valid_from, reason)
select null, 20, '2020-01-01', 'bench' where not exists (select from handover_settings where tenant_id is null)
"""


async def _play(asking: Asking, processes: Processes, chaos: Chaos) -> tuple[Journal, Injuries]:
    journal, random = Journal(), Random(chaos.seed)
    journal.done.update((case, ORDERING) for case, _ in asking.cases)
    injuries = Injuries(processes, random, chaos.kills, chaos.handovers)
    play = Play(asking, journal, processes, random, chaos.handovers)
    async with asyncio.TaskGroup() as tasks:
        hurting = tasks.create_task(injuries.run(journal))
        await asyncio.gather(*(play.client() for _ in range(chaos.clients)))
        hurting.cancel()
    return journal, injuries


def _told(there: Ground, journal: Journal, injuries: Injuries, wrong: dict[str, int]) -> Report:
    for line in injuries.told:
        click.echo(line, err=True)
    for name, found in wrong.items():
        click.echo(f"{'ok' if found == 0 else 'WRONG':6} {name}: {found}", err=True)
    tally = Tally({act: seconds for act, seconds in journal.seconds.items() if seconds})
    tally.ratios = journal.counts() | {f"injected_{kind}": float(n) for kind, n in injuries.counted.items()}
    tally.ratios["found_wrong"] = float(sum(wrong.values()))
    if any(wrong.values()):
        raise SystemExit(f"chaos: {', '.join(name for name, found in wrong.items() if found)}")
    return tally.report("handover --chaos", there.cases)
