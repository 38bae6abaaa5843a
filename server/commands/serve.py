"""`tiaojie serve`."""

import os

import rich_click as click
import uvicorn

from foundation.servers import servers
from foundation.settings import load_settings
from server.progress import Progress


@click.command("serve")
def command() -> None:
    """启动网站与接口 · the web server: pages, API and the operators' office.

    Starts the embedded servers too, when no other process of this data folder has. The schema must be the newest:
    `tiaojie migrate` comes first.

    \b
      tiaojie serve
      TIAOJIE_HOST=0.0.0.0 TIAOJIE_PORT=8080 tiaojie serve
    """
    settings = load_settings(os.environ)
    with servers(settings, Progress()):
        uvicorn.run(
            "server.app:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
