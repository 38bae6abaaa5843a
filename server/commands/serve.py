"""`tiaojie serve`."""

import os
import sys

import rich_click as click

from foundation import logs, metrics
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.asking import is_ready
from server.progress import Progress
from server.stopping import service


@click.command("serve")
@click.option("--check", is_flag=True, help="只检查 · ask the running server whether it is ready; exits with 1 if not")
@service()
def command(check: bool) -> None:
    """启动网站与接口 · the web server: pages, API and the operators' office.

    Starts the embedded servers too, when no other process of this data folder has. The schema must be the newest:
    `tiaojie migrate` comes first.

    \b
      tiaojie serve
      TIAOJIE_HOST=0.0.0.0 TIAOJIE_PORT=8080 tiaojie serve
      tiaojie serve --check
    """
    settings = load_settings(os.environ)
    if check:
        sys.exit(0 if is_ready(settings) else 1)
    with servers(settings, Progress()):
        _serve(settings)


def _serve(settings: Settings) -> None:
    """The application is loaded here: a check, and a wrong setting, need none of it."""
    from server.app import build_app
    from server.catalogue import catalogue
    from server.parts import parts_from_environment
    from server.readiness import gate_version
    from server.web_server import web_server

    logs.configure(settings.log, settings.log_level)
    parts = parts_from_environment()
    shown = metrics.registry(metrics.OF_WEB, parts.store.in_use, gate_version)
    metrics.serve(settings.metrics_host, settings.metrics_port, shown)
    server = web_server(build_app(parts, catalogue()), settings)
    server.run()
    if not server.started:
        sys.exit(3)
