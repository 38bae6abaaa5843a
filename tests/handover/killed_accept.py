"""Accepts a case in a process of its own; killed when the statement that names `at` is done, or before it commits."""

import asyncio
import sys
from datetime import datetime
from uuid import UUID

from cases.relations import CaseRelations
from foundation.bounds import COMMIT
from foundation.cipher import Sealed
from foundation.clock import FrozenClock
from foundation.store import Store
from policies.start import open_gate
from server.catalogue import catalogue
from tests.handover.cutting import Cut, cutting
from tests.world import KEYRING, World


async def main(app_url: str, owner_url: str, case: str, now: str, at: str) -> None:
    Sealed.use(KEYRING)
    store = Store(app_url, FrozenClock(datetime.fromisoformat(now)), pool_size=1)
    await open_gate(store, CaseRelations())
    world = World(store, store.clock, catalogue(), owner_url)  # type: ignore[arg-type]  # the clock given above
    await world.subject("xgll.director")
    with cutting(Cut(at, after=at != COMMIT, die=True)):
        await world.do("xgll.director", UUID(case), "accept-handover", no_conflict=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
