"""A process that keeps its rules current as a web server does, and says when it has taken new ones."""

import asyncio
import sys

from cases.relations import CaseRelations
from foundation import logs, watch
from foundation.clock import SystemClock
from foundation.store import Store
from policies import gate
from policies.editions import CHANNEL, NEWEST
from policies.reload import Reload
from policies.start import open_gate


class Telling(Reload):
    async def take(self, newest: int) -> None:
        before = gate.opened().edition
        await super().take(newest)
        if gate.opened().edition != before:
            print(asyncio.get_running_loop().time(), flush=True)


async def follow(url: str) -> None:
    logs.configure("json", "warning")  # its lines would stand among the answers
    store, source = Store(url, SystemClock(), pool_size=1), CaseRelations()
    await open_gate(store, source)
    print("ready", flush=True)
    await watch.watch(url, CHANNEL, NEWEST, Telling(store, source).take, watch.a_beat)


if __name__ == "__main__":
    asyncio.run(follow(sys.argv[1]))
