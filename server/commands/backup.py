"""`tiaojie backup`."""

import asyncio
import os
import sys
from pathlib import Path

import rich_click as click

from foundation.clock import SystemClock
from foundation.settings import load_settings
from server.backup.making import make_backup
from server.deployed import deployed
from server.progress import Progress


@click.command("backup")
@click.argument("folder", type=click.Path(path_type=Path))
def command(folder: Path) -> None:
    """备份 · the database, the files and the checkpoints into a new FOLDER, while the application runs.

    FOLDER holds what pg_dump writes, the encrypted files, the checkpoints' file, a manifest, and SHA256SUMS for
    `sha256sum -c`. It does NOT hold the secret file: without that a backup can't be read. Keep the two apart.

    \b
      tiaojie backup /media/safe/$(date +%F)
    """
    folder = folder.absolute()
    if folder.exists():
        raise click.BadParameter(f"已存在，请另选目录 / exists already: {folder}", param_hint="FOLDER")
    settings, progress = load_settings(os.environ), Progress()
    with deployed(settings, progress, older=True) as endpoints:
        try:
            made = asyncio.run(make_backup(settings, endpoints, SystemClock(), folder, progress))
        except OSError as error:
            click.echo(f"无法写入 / can't write: {error}", err=True)
            sys.exit(1)
    rows = sum(made.inventory.counts.values())
    click.echo(f"已备份 / backed up: {folder}（{rows} 行 / rows，{made.files} 个文件 / files）")
    click.echo(f"密钥文件不在备份中，请另行保管 / the secret file is not in it, keep it apart: {settings.secret_file}")
