"""What fictitious cases cost to make: light ones, and whole histories, on a database of the bench's own."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.bench.ground import Options
from server.bench.report import Report, Tally
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed

MILLION = 1_000_000
FULL_SHARE, MOST_FULL = 10, 20_000
"""A tenth as many whole histories: each is some dozens of rows."""


def measure(options: Options) -> Report:
    light, full = options.cases, min(options.cases // FULL_SHARE, MOST_FULL)
    with TemporaryDirectory(prefix="tiaojie-bench-") as folder:
        settings = load_settings({"TIAOJIE_DATA": str(Path(folder) / "data")})
        Path(folder).chmod(0o711)
        with servers(settings, lambda _: None) as endpoints:
            use_field_keys(settings)
            bring_up_to_date(endpoints, lambda _: None)
            fill(endpoints, lambda _: None)
            light_took = _seconds(endpoints, settings, light, 0)
            full_took = _seconds(endpoints, settings, 0, full)
    tally = Tally({"light": [light_took], "full": [full_took]})
    tally.ratios["light_seconds_a_million"] = light_took / light * MILLION
    tally.ratios["full_seconds_a_million"] = full_took / full * MILLION
    return tally.report("seed", light + full)


def _seconds(endpoints: Endpoints, settings: Settings, light: int, full: int) -> float:
    ring = use_field_keys(settings).held()
    began = perf_counter()
    asyncio.run(seed(endpoints.owner, ring, SystemClock().now(), light=light, full=full, number=1))
    return perf_counter() - began
