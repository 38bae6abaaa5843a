"""What fictitious cases cost to make, and what an overview of the province costs to read among them."""

import asyncio
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from uuid import UUID

from cases.relations import CaseRelations
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from foundation.store import Store
from indicators.overview import overview
from policies.start import open_gate
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed
from tenants.subject import Subject
from tenants.tiers import Tier

LIGHT, FULL, ROUNDS = 100_000, 300, 20
LIGHT_LIMIT, FULL_LIMIT, OVERVIEW_LIMIT = 180.0, 900.0, 50.0
"""Seconds a million light cases, seconds a million histories, milliseconds (decisions.md 29, performance.md)."""
PROVINCE = Subject(UUID(int=1), "supervisor_p", Tier.PROVINCE, 1, None, None)


async def seconds(endpoints: Endpoints, settings: Settings, light: int, full: int) -> float:
    ring = use_field_keys(settings).held()
    began = perf_counter()
    await seed(endpoints.owner, ring, SystemClock().now(), light=light, full=full, number=1)
    return perf_counter() - began


async def read(endpoints: Endpoints) -> float:
    """Milliseconds of one overview, the median."""
    store = Store(endpoints.app, SystemClock(), pool_size=1)
    await open_gate(store, CaseRelations())
    rounds = []
    for _ in range(ROUNDS):
        began = perf_counter()
        async with store.scoped(PROVINCE.scope) as session:
            await overview(session, PROVINCE)
        rounds.append(perf_counter() - began)
    await store.close()
    return median(rounds) * 1000


def main() -> None:
    with TemporaryDirectory(prefix="tiaojie-bench-") as folder:
        settings = load_settings({"TIAOJIE_DATA": str(Path(folder) / "data")})
        Path(folder).chmod(0o711)
        with servers(settings, print) as endpoints:
            bring_up_to_date(endpoints, print)
            fill(endpoints, print)
            light = asyncio.run(seconds(endpoints, settings, LIGHT, 0)) / LIGHT * 1e6
            full = asyncio.run(seconds(endpoints, settings, 0, FULL)) / FULL * 1e6
            read_ms = asyncio.run(read(endpoints))
    print(f"a million light cases     {light:6.0f} s  (limit {LIGHT_LIMIT:.0f} s)")
    print(f"a million histories       {full:6.0f} s  (aim {FULL_LIMIT:.0f} s)")
    print(f"overview of the province  {read_ms:6.1f} ms (limit {OVERVIEW_LIMIT:.0f} ms)")
    sys.exit(0 if light <= LIGHT_LIMIT and read_ms <= OVERVIEW_LIMIT else 1)


if __name__ == "__main__":
    main()
