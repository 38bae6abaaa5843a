"""`tiaojie audit`."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import rich_click as click
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_chain import Head, Verdict, heads, verify
from foundation.clock import SystemClock
from foundation.servers import servers
from foundation.settings import load_settings
from foundation.store import Store

Answer = TypeVar("Answer")
SHOWN = 100


@click.group("audit")
def command() -> None:
    """审计 · the audit chains, one per tenant."""


@command.command("verify")
@click.option("--heads", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="另存的链头文件")
def verify_(kept: Path | None) -> None:
    """核验审计链 · reckon every link again and compare the heads; exit code 1 when a chain does not hold.

    Altered, missing, reordered and cut rows are named. A tail that was cut together with its head shows only against
    heads kept elsewhere.

    \b
      tiaojie audit verify
      tiaojie audit heads > /media/safe/heads.json      now and then, to another place
      tiaojie audit verify --heads /media/safe/heads.json
    """
    saved = None if kept is None else _kept_heads(kept)
    verdict = _as_auditor(lambda session: verify(session, saved))
    _report(verdict)
    sys.exit(1 if verdict.breaks else 0)


def _kept_heads(file: Path) -> dict[int, Head]:
    """What `tiaojie audit heads` printed; anything else is a wrong option."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[int, Head], strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        problem = f"不是 tiaojie audit heads 的输出 / not what `tiaojie audit heads` prints: {file}"
        raise click.BadParameter(problem, param_hint="--heads") from broken


@command.command("heads")
def heads_() -> None:
    """输出链头 · print the last link of every chain as JSON, to be kept elsewhere."""
    found = _as_auditor(heads)
    click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())


def _as_auditor(ask: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    async def asked(url: str) -> Answer:
        store = Store(url, SystemClock(), pool_size=1)
        try:
            async with store.anonymous() as session:
                return await ask(session)
        finally:
            await store.close()

    with servers(load_settings(os.environ), _on_stderr) as endpoints:
        return asyncio.run(asked(endpoints.auditor))


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)


def _report(verdict: Verdict) -> None:
    for found in verdict.breaks[:SHOWN]:
        code = found.fault.value.replace("_", " ")
        click.echo(f"单位 {found.tenant_id} 第 {found.seq} 行：{found.fault.label} / {code}")
    if len(verdict.breaks) > SHOWN:
        click.echo(f"… {len(verdict.breaks) - SHOWN} 处 / more")
    state = "不完整 / BROKEN" if verdict.breaks else "完整 / intact"
    click.echo(f"{verdict.chains} 条链 / chains，{verdict.links} 环 / links：{state}")
    if verdict.unwitnessed is None:
        click.echo(
            "未比对另存的链头：连同链头一起删去的尾部不会被发现 / without --heads a tail cut with its head is not seen"
        )
    else:
        click.echo(f"另存链头之后的 {verdict.unwitnessed} 环，若连同链头删去不会被发现 / links after the kept heads")
