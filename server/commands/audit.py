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

from foundation.audit_chain import heads
from foundation.audit_faults import Head
from foundation.clock import SystemClock
from foundation.language import translate
from foundation.settings import Settings, load_settings
from foundation.store import Store
from server.audit_proof import Proof, prove, unknown
from server.deployed import deployed

Answer = TypeVar("Answer")
SHOWN = 100
NUMBER = click.IntRange(1, 2**31 - 1)
"""Of a tenant, as the database gives it."""


@click.group("audit")
def command() -> None:
    """审计 · the audit chains, one per tenant."""


@command.command("verify")
@click.option("--heads", "kept", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="另存的链头文件")
@click.option(
    "--tenant",
    "tenants",
    type=NUMBER,
    multiple=True,
    help="只核验这个单位（可重复）· only this tenant's",
)
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出 · for programs")
def verify_(kept: Path | None, tenants: tuple[int, ...], as_json: bool) -> None:
    """核验审计链 · reckon every link again, compare heads, checkpoints and their file; exit code 1 if one is wrong.

    Altered, missing, reordered and cut rows are named with tenant and row, wrong checkpoints with tenant and hour,
    wrong lines of the file with file and line. The last line says how many links no checkpoint holds yet.

    \b
      tiaojie audit verify
      tiaojie audit verify --tenant 1547 --json
      tiaojie audit heads > /media/safe/heads.json      now and then, to another place
      tiaojie audit verify --heads /media/safe/heads.json
    """
    saved = None if kept is None else _kept_heads(kept)
    settings = load_settings(os.environ)
    chosen = set(tenants) or None
    proof = _as_auditor(settings, lambda session: _prove(session, settings.checkpoints, saved, chosen))
    click.echo(msgspec.json.format(msgspec.json.encode(proof)).decode() if as_json else "\n".join(_report(proof)))
    sys.exit(0 if proof.sound else 1)


async def _prove(session: AsyncSession, folder: Path, saved: dict[int, Head] | None, chosen: set[int] | None) -> Proof:
    if strangers := await unknown(session, chosen or ()):
        problem = f"没有这个单位 / no such tenant: {', '.join(map(str, strangers))}"
        raise click.BadParameter(problem, param_hint="--tenant")
    return await prove(session, folder, saved, chosen)


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
    found = _as_auditor(load_settings(os.environ), heads)
    click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())


def _as_auditor(settings: Settings, ask: Callable[[AsyncSession], Awaitable[Answer]]) -> Answer:
    async def asked(url: str) -> Answer:
        store = Store(url, SystemClock(), pool_size=1)
        try:
            async with store.anonymous() as session:
                return await ask(session)
        finally:
            await store.close()

    with deployed(settings, _on_stderr) as endpoints:
        return asyncio.run(asked(endpoints.auditor))


def _on_stderr(text: str) -> None:
    """Progress must not mix with what is printed."""
    click.echo(text, err=True)


def _report(proof: Proof) -> list[str]:
    verdict = proof.verdict
    wrong = [
        *(f"单位 {b.tenant_id} 第 {b.seq} 行：{_both(b.fault.label)}" for b in verdict.breaks),
        *(
            f"{m.line or f'单位 {m.tenant_id} 检查点'} {m.hour}：{_both(m.flaw.label)}"
            for m in (*verdict.mismatches, *proof.file)
        ),
    ]
    more = [f"… {len(wrong) - SHOWN} 处 / more"] if len(wrong) > SHOWN else []
    late = [f"补写的行 / lines added after their hour: {', '.join(proof.late[:SHOWN])}"] if proof.late else []
    return [*wrong[:SHOWN], *more, *late, *_summary(proof)]


def _summary(proof: Proof) -> list[str]:
    verdict = proof.verdict
    chains = [tenant for tenant, links in verdict.open_ends.items() if links]
    return [
        f"{verdict.chains} 条链 / chains，{verdict.links} 环 / links，{verdict.checkpoints} 个检查点 / checkpoints，"
        f"文件 {proof.lines} 行 / lines：{'完整 / intact' if proof.sound else '不完整 / BROKEN'}",
        f"最后检查点之后：{len(chains)} 条链共 {verdict.unwitnessed} 环，若连同链头删去不会被发现 / "
        f"links after the last checkpoint of {len(chains)} chains: cut with their heads they would not be missed",
    ]


def _both(label: str) -> str:
    return f"{label} / {translate(label, 'en')}"
