"""`tiaojie seed`."""

import asyncio
import os

import rich_click as click

from foundation.clock import SystemClock
from foundation.servers import servers
from foundation.settings import load_settings
from server.first_fill import fill
from server.parts import use_field_keys
from server.schema import bring_up_to_date
from server.seed.first import seed


@click.command("seed")
@click.option("--cases", type=click.IntRange(1, 10_000_000), required=True, help="件数 · how many cases")
@click.option("--seed", "number", type=int, default=1, show_default=True, help="随机种子 · the same number, the same")
@click.option(
    "--light/--full", help="只生成案件本身，或带完整办理经过 · without their history, by the million, or with all of it"
)
def command(cases: int, number: int, light: bool) -> None:
    """生成虚构案件 · add fictitious cases over the real tree, ten years back.

    A full case has its whole history: parties, claims, consents, papers, team, agreement, money, dossier, audit.
    People, companies and words are invented. For demonstrations and measurements: while it runs nobody else can work.
    What is there stays; a run that is cut short adds nothing.

    \b
      tiaojie seed --cases 300
      tiaojie seed --cases 1000000 --light --seed 7
    """
    settings = load_settings(os.environ)
    ring = use_field_keys(settings).held()
    with servers(settings, click.echo) as endpoints:
        bring_up_to_date(endpoints, click.echo)
        fill(endpoints, click.echo)
        light_and_full = {"light": cases, "full": 0} if light else {"light": 0, "full": cases}
        now = SystemClock().now()
        asyncio.run(seed(endpoints.owner, ring, now, **light_and_full, number=number, done=Progress(cases).add))
        click.echo(f"已完成 / done: {cases:,}")


class Progress:
    """A line for every tenth: as good in a log as on a terminal."""

    def __init__(self, cases: int) -> None:
        self._cases, self._made = cases, 0

    def add(self, made: int) -> None:
        before, self._made = self._made * 10 // self._cases, self._made + made
        if before < self._made * 10 // self._cases:
            click.echo(f"{self._made:,} / {self._cases:,} 案件 · cases")
        if self._made == self._cases:
            click.echo("正在建立索引 / building indexes")
