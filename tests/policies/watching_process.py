"""A process that decides by the rules: it prints the edition in force each time it has asked, with the instant.

`python -m tests.policies.watching_process URL hears|deaf`: who is deaf has lost every notification.
"""

import asyncio
import sys
import time

from cases.relations import CaseRelations
from foundation import logs
from foundation.clock import SystemClock
from foundation.store import Store
from foundation.watch import a_beat
from policies import gate
from policies.reload import reloading
from policies.start import open_gate


async def watch(url: str, hears: bool) -> None:
    logs.configure("json", "error")  # its lines would stand between ours
    store = Store(url, SystemClock(), pool_size=1)
    told = -1

    async def rest(woken: asyncio.Event) -> None:
        nonlocal told
        if told != gate.opened().edition:
            told = gate.opened().edition
            print(told, time.time(), flush=True)
        await a_beat(woken if hears else asyncio.Event())

    await open_gate(store, CaseRelations())
    async with reloading(store, CaseRelations(), url, rest):
        await asyncio.to_thread(sys.stdin.read)
    await store.close()


if __name__ == "__main__":
    asyncio.run(watch(sys.argv[1], sys.argv[2] == "hears"))
