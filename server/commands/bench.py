"""`tiaojie bench`."""

from importlib import import_module
from pathlib import Path
from tempfile import gettempdir

import msgspec
import rich_click as click

from server.bench.ground import Options
from server.bench.report import Report, show

BENCHES = {
    "gate": "gate",
    "rules": "rules",
    "explain": "explain",
    "list": "page",
    "case": "case",
    "create": "create",
    "handover": "handover",
    "overview": "overview",
    "throughput": "throughput",
    "growth": "growth",
    "tree": "tree",
    "audit": "audit",
    "deadlines": "deadlines",
    "goals": "goals",
    "seed": "seed",
    "start": "start",
    "notice": "notice",
}
"""Name -> module of `server/bench/`."""
ALL = "all"


@click.command("bench")
@click.argument("name", type=click.Choice([*BENCHES, ALL]), default=ALL)
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON · one line of JSON for each bench")
@click.option(
    "--cases", type=click.IntRange(1000, 10_000_000), default=100_000, show_default=True, help="件数 · how many cases"
)
@click.option("--here", is_flag=True, help="用本部署的数据库（会写入虚构案件） · this deployment's own database")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    envvar="TIAOJIE_BENCH_DATA",
    default=Path(gettempdir()) / "tiaojie-bench",
    show_default=True,
    help="测量用数据库的目录 · where the benches keep their databases",
)
@click.option("--chaos", is_flag=True, help="移交时随机杀进程并重启数据库，之后逐项核对 · only with handover")
@click.option("--handovers", type=click.IntRange(10, 1_000_000), default=10_000, show_default=True, help="--chaos")
@click.option("--over", type=click.IntRange(4, 100_000), default=500, show_default=True, help="--chaos: cases")
@click.option("--kills", type=click.IntRange(0, 1000), default=24, show_default=True, help="--chaos")
@click.option("--seed", type=int, default=1, show_default=True, help="--chaos")
def command(
    name: str,
    as_json: bool,
    cases: int,
    here: bool,
    folder: Path,
    chaos: bool,
    handovers: int,
    over: int,
    kills: int,
    seed: int,
) -> None:
    """测量性能 · measure; medians and 95th percentiles in milliseconds, and ratios.

    Measured is an embedded database of its own, made once for each number of cases and kept for the next time.

    \b
      tiaojie bench list --cases 1000000
      tiaojie bench all --json
      tiaojie bench handover --chaos
    """
    if chaos:
        from server.bench import chaos as played  # the whole application, which a gate's bench needs not

        given = played.Chaos(handovers, over, kills=kills, seed=seed, folder=folder.absolute())
        tell(played.measure(given), as_json=as_json)
        return
    for each in BENCHES if name == ALL else (name,):
        tell(measure(each, Options(cases, here, folder.absolute())), as_json=as_json)


def measure(name: str, options: Options) -> Report:
    found: Report = import_module(f"server.bench.{BENCHES[name]}").measure(options)
    return found


def tell(found: Report, *, as_json: bool) -> None:
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
    else:
        show(found)
