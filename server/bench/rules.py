"""From the commit of new rules to their effect in two other processes: with the notification, and when it is lost."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count

import asyncpg

from foundation.clock import SystemClock
from foundation.endpoints import asyncpg_dsn
from foundation.store import Store
from policies.editions import in_force, publish
from policies.rules import FILE, parse
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally

ROUNDS = 10
FOLLOWERS = 2
BOOK = FILE.read_text(encoding="utf-8")
TURNED = ("case:find", "case:find case:status")
"""A right that comes and goes with every edition."""


def measure(options: Options) -> Report:
    with ground(options) as there, ExitStack() as stack:
        followers = [stack.enter_context(_follower(there)) for _ in range(FOLLOWERS)]
        return asyncio.run(_measure(there, followers))


@contextmanager
def _follower(there: Ground) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "server.bench.follower", there.endpoints.app]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it watches
        yield process
        process.terminate()


async def _measure(there: Ground, followers: list[subprocess.Popen[str]]) -> Report:
    owner = Store(there.endpoints.owner, SystemClock(), pool_size=1)
    switch = await asyncpg.connect(asyncpg_dsn(there.endpoints.owner))
    tally, turn = Tally({"told": [], "not_told": [], "publishing": []}), count()
    try:
        for name, told in (("told", True), ("not_told", False)):
            await switch.execute(f"alter table rule_editions {'enable' if told else 'disable'} trigger tell")
            for _ in range(ROUNDS):
                began, done = await _publish(owner, next(turn))
                seen = [await asyncio.to_thread(_seen, follower) for follower in followers]
                tally.seconds["publishing"] = [*tally.seconds["publishing"], done - began]
                tally.seconds[name] = [*tally.seconds[name], max(seen) - done]
    finally:
        await switch.execute("alter table rule_editions enable trigger tell")
        await _publish(owner, None)
        await switch.close()
        await owner.close()
    return tally.report("rules")


async def _publish(owner: Store, turn: int | None) -> tuple[float, float]:
    """When it began and when it was committed; None puts the program's own rules back."""
    clock = asyncio.get_running_loop().time
    began = clock()
    async with owner.anonymous() as session:
        _, now = await in_force(session)
        program = parse(BOOK).version
        turned = BOOK.replace(*TURNED, 1)
        content = BOOK if turn is None or now.version != program else turned
        await publish(session, content, "system.bench")
    return began, clock()


def _seen(follower: subprocess.Popen[str]) -> float:
    """When the follower decided by the new rules, on the clock that all processes of a machine share."""
    assert follower.stdout is not None
    return float(follower.stdout.readline())
