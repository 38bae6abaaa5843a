"""`tiaojie terms`."""

import asyncio
import os
import sys

import msgspec
import rich_click as click

from foundation.endpoints import Endpoints
from foundation.settings import load_settings
from server.deployed import deployed
from server.operator import OPERATOR, operating
from server.term_proof import Checked, check_terms, reckon_again


@click.group("terms")
def command() -> None:
    """期限 · the terms that run in the cases."""


@command.command("check")
@click.option("--all", "ended", is_flag=True, help="连同已没有期限在计算的案件 · also where no term runs any more")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · for programs")
def check_(ended: bool, as_json: bool) -> None:
    """由经过重算期限 · reckon every term again from its case's events; exit code 1 if a row says otherwise.

    Each difference is one line: what the events tell and what the row says. A difference that came with newly
    announced holidays is mended by `tiaojie terms reckon`.

    \b
      tiaojie terms check
      tiaojie terms check --all --json
    """

    async def asked(endpoints: Endpoints) -> Checked:
        async with operating(endpoints, gate=False) as session:
            return await check_terms(session, ended=ended)

    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        found = asyncio.run(asked(endpoints))
    click.echo(msgspec.json.format(msgspec.json.encode(found)).decode() if as_json else "\n".join(report(found)))
    sys.exit(1 if found.wrong else 0)


@command.command("reckon")
def reckon_() -> None:
    """放假安排公布后重算 · move the last days that hang on holidays announced since; each move goes into the audit.

    \b
      tiaojie terms reckon
    """

    async def asked(endpoints: Endpoints) -> int:
        async with operating(endpoints, gate=False) as session:
            return await reckon_again(session, OPERATOR)

    with deployed(load_settings(os.environ), _on_stderr) as endpoints:
        moved = asyncio.run(asked(endpoints))
    click.echo(f"已改 {moved} 个期限的最后一日 / last days moved: {moved}")


def report(found: Checked) -> list[str]:
    lines = [f"{one.case} {one.difference.kind}" for one in found.wrong]
    said = [f"  经过 / told {one.difference.told}；记录 / kept {one.difference.kept}" for one in found.wrong]
    told = [text for pair in zip(lines, said, strict=True) for text in pair]
    count = f"核对 {found.cases} 件，不符 {len(found.wrong)} 项，无经过可核 {found.untold} 件"
    return [*told, f"{count} / {found.cases} cases, {len(found.wrong)} differences, {found.untold} without a history"]


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)
