"""`tiaojie migrate`."""

import os

import rich_click as click

from foundation.servers import servers
from foundation.settings import load_settings
from server.progress import Progress
from server.schema import bring_up_to_date


@click.command("migrate")
def command() -> None:
    """升级数据库结构 · bring the database to the newest schema.

    Runs as the owner, one transaction per revision; repeating it changes nothing.

    \b
      tiaojie migrate
      TIAOJIE_DATABASE_URL=postgresql://… TIAOJIE_REDIS_URL=redis://… tiaojie migrate
    """
    progress = Progress()
    with servers(load_settings(os.environ), progress) as endpoints:
        if not bring_up_to_date(endpoints, progress):
            progress("数据库结构已是最新 / the schema is the newest already")
