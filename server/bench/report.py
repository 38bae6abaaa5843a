"""What a bench says: medians and 95th percentiles in milliseconds, and the ratios its targets are about."""

from collections.abc import Awaitable, Callable, Sequence
from statistics import median, quantiles
from time import perf_counter

from msgspec import Struct
from rich.console import Console
from rich.table import Table


class Report(Struct, frozen=True):
    """Keys are tiers, acts or operations. `cases`: how many the database held; 0 where that plays no part."""

    name: str
    cases: int
    median_ms: dict[str, float]
    p95_ms: dict[str, float]
    ratios: dict[str, float]


class Tally(Struct):
    """What a bench gathers: the seconds of each round, by key, and its ratios."""

    seconds: dict[str, Sequence[float]] = {}
    ratios: dict[str, float] = {}

    def compare(self, key: str, over: str) -> None:
        """The ratio of two medians."""
        self.ratios[f"{key}/{over}"] = median(self.seconds[key]) / median(self.seconds[over])

    def report(self, name: str, cases: int = 0) -> Report:
        return Report(
            name=name,
            cases=cases,
            median_ms={key: round(median(rounds) * 1000, 4) for key, rounds in self.seconds.items()},
            p95_ms={key: round(percentile_95(rounds) * 1000, 4) for key, rounds in self.seconds.items()},
            ratios={key: round(value, 3) for key, value in self.ratios.items()},
        )


def percentile_95(rounds: Sequence[float]) -> float:
    return quantiles(rounds, n=20, method="inclusive")[-1] if len(rounds) > 1 else rounds[0]


async def timed(work: Callable[[], Awaitable[object]], rounds: int, *, warm: int = 5) -> list[float]:
    """Seconds of each round, after some that are not counted."""
    taken = []
    for number in range(warm + rounds):
        began = perf_counter()
        await work()
        if number >= warm:
            taken.append(perf_counter() - began)
    return taken


def show(found: Report) -> None:
    """As a table for people."""
    table = Table(title=f"{found.name} ({found.cases:,} cases)", title_justify="left", box=None)
    for heading in ("", "median ms", "p95 ms"):
        table.add_column(heading, justify="left" if not heading else "right", no_wrap=True)
    for key, value in found.median_ms.items():
        table.add_row(key, f"{value:.3f}", f"{found.p95_ms[key]:.3f}")
    for key, value in found.ratios.items():
        table.add_row(f"{key} =", f"{value:.3f}", "")
    console = Console()
    console.width = max(console.width, 100)
    console.print(table)
