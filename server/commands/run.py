"""`tiaojie run`."""

import os

import rich_click as click

from foundation.settings import load_settings
from server.run import run
from server.stopping import service


@click.command("run")
@service()
def command() -> None:
    """一键启动 · servers, schema, tree, demonstration data, web server and worker; ends with the address.

    What is up to date is skipped, so a second start takes seconds. Ctrl-C stops everything cleanly.

    \b
      tiaojie run
      TIAOJIE_SEED_LIGHT=0 TIAOJIE_SEED_FULL=20 tiaojie run
    """
    run(load_settings(os.environ))
