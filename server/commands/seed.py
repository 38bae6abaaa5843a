"""`tiaojie seed`."""

import asyncio
import os

import rich_click as click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed


@click.command("seed")
@click.option("--cases", type=click.IntRange(1, 10_000_000), required=True, help="件数 · how many cases")
@click.option("--seed", "number", type=int, default=1, show_default=True, help="随机种子 · the same number, the same")
@click.option("--light", is_flag=True, help="只生成案件本身 · cases without their history, by the million")
def command(cases: int, number: int, light: bool) -> None:
    """生成虚构案件 · add fictitious cases over the real tree, ten years back.

    Without --light each case has its whole history: parties, claims, consents, papers, team, agreement, performance.
    People, companies and words are invented. For demonstrations and measurements: while it runs nobody else can work.

    \b
      tiaojie seed --cases 300
      tiaojie seed --cases 1000000 --light --seed 7
    """
    settings = load_settings(os.environ)
    with servers(settings, click.echo) as endpoints:
        bring_up_to_date(endpoints, click.echo)
        fill(endpoints, click.echo)
        _seed(settings, endpoints, cases, number, light=light)


def _seed(settings: Settings, endpoints: Endpoints, cases: int, number: int, *, light: bool) -> None:
    ring = use_field_keys(settings).held()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as bar:
        task = bar.add_task("案件 / cases", total=cases)
        asyncio.run(
            seed(
                endpoints.owner,
                ring,
                SystemClock().now(),
                light=cases if light else 0,
                full=0 if light else cases,
                number=number,
                done=lambda made: bar.advance(task, made),
            )
        )
