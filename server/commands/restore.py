"""`tiaojie restore`."""

import asyncio
import os
import sys
from pathlib import Path

import rich_click as click

from foundation.clock import SystemClock
from foundation.errors import DomainError
from foundation.servers import servers
from foundation.settings import load_settings
from server.backup import manifest
from server.backup.checking import SHOWN, Check
from server.backup.restoring import require_sound, restore_backup
from server.progress import Progress


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def command(folder: Path) -> None:
    """恢复 · a backup into an empty database and empty folders, and prove that all of it is there.

    Put the secret file back first (TIAOJIE_SECRET_FILE, or `secret` in the data folder). Nothing is overwritten: what
    is not empty is refused. Every check is told in a line; exit code 1 when anything differs.

    \b
      TIAOJIE_DATA=/srv/tiaojie tiaojie restore /media/safe/2026-03-02
      TIAOJIE_DATABASE_URL=postgresql://… TIAOJIE_REDIS_URL=redis://… tiaojie restore /media/safe/2026-03-02
    """
    settings, progress = load_settings(os.environ), Progress()
    try:
        stated = manifest.read(folder)
        require_sound(settings, folder, stated)
        with servers(settings, progress) as endpoints:
            checks = asyncio.run(restore_backup(settings, endpoints, SystemClock(), folder, stated, progress))
    except DomainError as refusal:
        click.echo(f"{refusal.text('zh')} / {refusal.text('en')}", err=True)
        sys.exit(1)
    _report(checks)


def _report(checks: list[Check]) -> None:
    for done in checks:
        click.echo(f"{'✗' if done.wrong else '✓'} {done.what}{f'（{done.size}）' if done.size else ''}")
        for difference in done.wrong[:SHOWN]:
            click.echo(f"    {difference}")
        if len(done.wrong) > SHOWN:
            click.echo(f"    … {len(done.wrong) - SHOWN} 处 / more")
    if any(done.wrong for done in checks):
        click.echo(
            "恢复后的数据与备份不符，请勿使用 / what was restored differs from the backup: do not use it", err=True
        )
        sys.exit(1)
    click.echo("已恢复并核对 / restored and verified")
