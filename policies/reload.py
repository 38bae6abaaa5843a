"""New rules in every process that runs: each watches the editions and exchanges its gate in whole.

The new table is made before the old one goes, in a thread; an edition that is broken never replaces a good one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from foundation import mishaps, watch
from foundation.store import Store
from policies import gate
from policies.editions import CHANNEL, NEWEST
from policies.relations import RelationSource
from policies.rules import PolicyBroken
from policies.start import open_gate

log = structlog.get_logger(__name__)


class Reload:
    """Keeps the open gate at the newest edition."""

    def __init__(self, store: Store, source: RelationSource) -> None:
        self.store, self.source = store, source
        self.refused = 0
        """The last edition found broken: not tried again every second."""

    async def take(self, newest: int) -> None:
        """Exchange the gate when another edition is in force; the old one stays when that fails."""
        if newest in (gate.opened().edition, self.refused):
            return
        try:
            await open_gate(self.store, self.source)
        except PolicyBroken as broken:
            self.refused = newest
            log.error("rules_refused", edition=newest, reason=str(broken))
        except Exception as error:  # whatever it is, this process must not stay with old rules for ever: tried again
            mishaps.record(error)
        else:
            log.info("rules_exchanged", edition=gate.opened().edition, version=gate.opened().table.version[:12])


@asynccontextmanager
async def reloading(
    store: Store, source: RelationSource, url: str, rest: watch.Rest = watch.a_beat
) -> AsyncIterator[None]:
    """The gate is kept current while the block lasts. `url` is the application's own."""
    keeping = asyncio.create_task(watch.watch(url, CHANNEL, NEWEST, Reload(store, source).take, rest))
    try:
        yield
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
