"""`tiaojie ledger`."""

import asyncio
import os
import sys

import msgspec
import rich_click as click

from foundation.endpoints import Endpoints
from foundation.settings import load_settings
from funding.proof import Proved, prove
from server.deployed import deployed
from server.operator import operating


@click.group("ledger")
def command() -> None:
    """账簿 · the books of the fund."""


@command.command("verify")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · for programs")
def verify(as_json: bool) -> None:
    """由业务记录重算账簿 · tell every account again from what was done; exit code 1 if the books say otherwise.

    Told again: settlements, payouts, trips, fees, bills and receipts, duty, recoveries, budgets, and the events of
    the cases; and the counters, from the entries. Each difference is one line: the row, and what it should be and is,
    in fen. Two cases that were marked as one dispute only after both had been paid are named too; the books are right
    there, so the exit code stays 0.

    \b
      tiaojie ledger verify
      tiaojie ledger verify --json
    """

    async def asked(endpoints: Endpoints) -> Proved:
        async with operating(endpoints, gate=False) as session:
            return await prove(session)

    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        found = asyncio.run(asked(endpoints))
    click.echo(msgspec.json.format(msgspec.json.encode(found)).decode() if as_json else "\n".join(report(found)))
    sys.exit(1 if found.wrong else 0)


def report(found: Proved) -> list[str]:
    lines = [
        f"{one.row} {one.what}：应为 / should be {one.expected}，账上 / booked {one.booked}" for one in found.wrong
    ]
    lines += [
        f"同一纠纷重复支付 / one dispute paid twice：{one.first}（{one.first_fen}）· {one.second}（{one.second_fen}）"
        for one in found.paid_twice
    ]
    count = f"核对 {found.entries} 条分录、{found.sources} 个来源，不符 {len(found.wrong)} 项"
    return [*lines, f"{count} / {found.entries} entries, {found.sources} sources, {len(found.wrong)} differences"]


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)
