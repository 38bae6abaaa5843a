"""`tiaojie keys`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import rich_click as click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from foundation.clock import SystemClock
from foundation.grammar import Happening
from foundation.key_file import KeyFile
from foundation.settings import load_settings
from foundation.store import Store
from foundation.suites import chosen
from policies.actions import Action
from server.deployed import deployed
from server.parts import file_store, key_file, use_field_keys
from server.resealing.exchanged import Exchanged
from server.resealing.record import record
from server.resealing.report import told_usage
from server.resealing.sweep import Sweep

Answer = TypeVar("Answer")


@click.group("keys")
def command() -> None:
    """密钥 · the root keys by which columns and files are encrypted.

    The present one seals, all of them open. To exchange them while the application runs:

    \b
      tiaojie keys add          a new key into the key file; every process can open with it from now on
      tiaojie keys rotate       it becomes the present one, and everything is sealed anew under it
      tiaojie keys retire 1     the old one is forgotten, once nothing needs it

    Where several machines have copies of the key file, bring the new file to all of them after `add`.
    Keep a copy of the key file apart from the backups: without its keys nothing can be read.
    """


@command.command("list")
def list_() -> None:
    """列出密钥及用量 · each key, and how many values and files it has sealed."""
    usage = _with_sweep(lambda sweep: sweep.usage())
    for line in told_usage(_key_file().keys(), usage):
        click.echo(line)


@command.command("add")
def add() -> None:
    """新增密钥 · make a new key; nothing is sealed with it yet."""
    key = _with_sweep(_add)
    click.echo(f"密钥 {key} 已加入，尚未启用 / key {key} was added; it does not seal yet (tiaojie keys rotate)")


@command.command("rotate")
def rotate() -> None:
    """轮换密钥 · the newest key becomes the present one; whatever another key or algorithm sealed is sealed anew.

    Runs beside the application, in small steps; killed, it goes on where it stopped when it is called again. It also
    moves everything to the algorithms of TIAOJIE_CRYPTOGRAPHY after that setting was changed.
    """
    exchanged = _with_sweep(_rotate)
    key, suite = _key_file().keys().current, chosen().value
    click.echo(
        f"现用密钥 {key}（{suite}）：重新加密 {exchanged.made} 项 / key {key} ({suite}): {exchanged.made} sealed anew"
    )
    if exchanged.unreadable:
        click.echo(f"{exchanged.unreadable} 项无法打开，保持原样 / can't be opened and stay as they are", err=True)
        sys.exit(1)


@command.command("retire")
@click.argument("key", type=int)
def retire(key: int) -> None:
    """停用密钥 · forget a key. Refused while it is the present one, or anything still needs it."""
    left = _with_sweep(lambda sweep: _retire(sweep, key))
    if left:
        where = "，".join(f"{place} {count}" for place, count in left.items())
        click.echo(f"密钥 {key} 仍在使用，请先 tiaojie keys rotate / key {key} is still needed: {where}", err=True)
        sys.exit(1)
    click.echo(f"密钥 {key} 已停用并从文件中删除 / key {key} was forgotten")


async def _add(sweep: Sweep) -> int:
    key = _key_file().add()
    await record(sweep.store, Happening.KEY_ADD, key)
    return key


async def _retire(sweep: Sweep, key: int) -> dict[str, int]:
    """What still needs the key, by place; where nothing does, it is forgotten."""
    file = _key_file()
    keys = file.keys()
    if key not in keys.roots or key >= keys.current:  # so that no id is ever used twice
        raise click.BadParameter(f"须为早于现用密钥的一个 / one of the keys before the present one: {key}")
    left = await sweep.left(key)
    if not left:
        file.forget(key)
        await record(sweep.store, Happening.KEY_RETIRE, key)
    return left


async def _rotate(sweep: Sweep) -> Exchanged:
    """With a bar on the terminal: done, of how many."""
    file = _key_file()
    keys = file.keys()
    if keys.current != keys.newest:
        file.make_current(keys.newest)
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*shown) as bar:
        task = bar.add_task("重新加密 / sealing anew", total=await sweep.waiting())
        exchanged = await sweep.run(lambda place, made: bar.update(task, advance=made, description=place))
    await record(sweep.store, Action.KEY_ROTATE, keys.newest, sealed=exchanged.made)
    return exchanged


def _with_sweep(ask: Callable[[Sweep], Awaitable[Answer]]) -> Answer:
    """As the owner of the database; the running servers are used where there are any."""
    settings = load_settings(os.environ)

    async def asked(url: str) -> Answer:
        store = Store(url, SystemClock(), pool_size=2)
        try:
            return await ask(Sweep(store, use_field_keys(settings), file_store(settings)))
        finally:
            await store.close()

    with deployed(settings, lambda text: click.echo(text, err=True)) as endpoints:
        return asyncio.run(asked(endpoints.owner))


def _key_file() -> KeyFile:
    return key_file(load_settings(os.environ))
