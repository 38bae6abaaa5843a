"""`tiaojie tenants`."""

import asyncio
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import rich_click as click

from foundation.clock import SystemClock, local_date
from foundation.endpoints import Endpoints
from foundation.errors import DomainError
from foundation.language import translate
from foundation.servers import servers
from foundation.settings import load_settings
from organisation.divisions import BrokenFile, TreeFile, read_tree_file
from organisation.tree_import import import_tree
from organisation.tree_plan import Change, What
from server import plan_commands
from server.operator import OPERATOR, operating
from server.progress import Progress
from server.schema import bring_up_to_date

SHOWN = 40
"""Broken lines named before the rest is only counted."""


@click.group("tenants")
def command() -> None:
    """组织树 · the tree of tenants and their offices."""


command.add_command(plan_commands.command)


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--valid-from", type=click.DateTime(["%Y-%m-%d"]), help="生效日期 · first day of the change (today)")
@click.option("--dry-run", is_flag=True, help="只看不改 · say what would change, change nothing")
@click.option("--end-many", is_flag=True, help="允许撤销多个单位 · the file is not cut: it means to end that many")
@click.option("--without-plan", is_flag=True, help="不经区划调整方案 · change units that have cases, and tell nobody")
def import_(file: Path, valid_from: datetime | None, dry_run: bool, end_many: bool, without_plan: bool) -> None:
    """导入区划或功能区 · bring the tree to what FILE says.

    FILE is a csv of divisions (code, parent_code, level, name, kind, nbs2023_code) or of zones (nbs_code, county_code,
    name). Every change is told line by line: 新增 new, 更名 renamed, 改隶 moved, 换码 recoded, 撤销 ended. Repeating it
    changes nothing. A broken file is refused whole, with line and reason. Once there are cases, units are renamed,
    moved and ended by plans (`tiaojie tenants plan`); a file that would do it is refused without --without-plan.

    \b
      tiaojie tenants import divisions.csv --dry-run
      tiaojie tenants import divisions.csv --valid-from 2027-01-01
    """
    how = {"dry_run": dry_run, "end_many": end_many, "without_plan": without_plan}
    try:
        tree = read_tree_file(file)
        progress = Progress()
        with servers(load_settings(os.environ), progress) as endpoints:
            bring_up_to_date(endpoints, progress)
            changes = asyncio.run(_import(endpoints, tree, valid_from, **how))
    except DomainError as error:
        _refuse(file, error)
    _report(changes, dry_run=dry_run)


async def _import(endpoints: Endpoints, tree: TreeFile, valid_from: datetime | None, **how: bool) -> list[Change]:
    day = valid_from.date() if valid_from else local_date(SystemClock().now())
    async with operating(endpoints) as session:
        return await import_tree(session, OPERATOR, tree, day, **how)


def _report(changes: list[Change], *, dry_run: bool) -> None:
    for change in changes:
        click.echo(_line(change))
    counts = {what: sum(change.what is what for change in changes) for what in What}
    told = "，".join(f"{translate(what.label)} {count}" for what, count in counts.items() if count)
    click.echo(f"{'试运行，未写入 / dry run: ' if dry_run else ''}{told or '无变化 / no change'}")


def _line(change: Change) -> str:
    """`第 1546 行 更名 533401100 建塘镇：建塘乡（乡） → 建塘镇（镇）`."""
    place = f"第 {change.line} 行" if change.line else "文件中没有"
    story = " → ".join(part for part in (change.before, change.after) if part)
    return f"{place}\t{translate(change.what.label)}\t{change.key}\t{change.name}{f'（{story}）' if story else ''}"


def _refuse(file: Path, error: DomainError) -> NoReturn:
    """What is wrong, in both languages; exit code 1."""
    click.echo(f"{file.name}: {error.text('zh')} / {error.text('en')}", err=True)
    lines = error.lines if isinstance(error, BrokenFile) else ()
    for broken in lines[:SHOWN]:
        click.echo(f"{file.name}:{broken.line}: {broken.text('zh')} / {broken.text('en')}", err=True)
    if len(lines) > SHOWN:
        click.echo(f"… {len(lines) - SHOWN} 处 / more", err=True)
    sys.exit(1)
