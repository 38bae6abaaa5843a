"""`tiaojie worker`."""

import asyncio
import os

import rich_click as click

from foundation.cipher import Sealed
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.secrets import load_secret
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.handlers import HANDLERS
from server.parts import keyring
from server.progress import Progress
from server.worker import BackgroundWorker


@click.command("worker")
def command() -> None:
    """启动后台任务 · background jobs: delivers what the outbox holds, watches the terms once a minute.

    Several workers may run at once. Ctrl-C or SIGTERM lets running jobs finish; what is not done stays in the
    database and is delivered by the next start.

    \b
      tiaojie worker
    """
    settings = load_settings(os.environ)
    with servers(settings, Progress()) as endpoints:
        Sealed.use(keyring(load_secret(settings.secret_file).field_encryption))
        asyncio.run(_work(endpoints, settings))


async def _work(endpoints: Endpoints, settings: Settings) -> None:
    await BackgroundWorker(endpoints, SystemClock(), HANDLERS, settings.checkpoints).work()
