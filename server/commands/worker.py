"""`tiaojie worker`."""

import os
import sys

import rich_click as click
import uvloop

from foundation import logs, metrics
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, endpoints
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from server.handlers import HANDLERS
from server.outside import reach_outside
from server.parts import use_field_keys
from server.progress import Progress
from server.pulse import beats
from server.readiness import gate_version
from server.stopping import service
from server.worker import BackgroundWorker


@click.command("worker")
@click.option("--check", is_flag=True, help="只检查 · whether a worker of this machine lives; exits with 1 if not")
@service()
def command(check: bool) -> None:
    """启动后台任务 · background jobs: delivers what the outbox holds, watches the terms once a minute.

    Several workers may run at once. Ctrl-C or SIGTERM lets running jobs finish; what is not done stays in the
    database and is delivered by the next start.

    \b
      tiaojie worker
      tiaojie worker --check
    """
    settings = load_settings(os.environ)
    if check:
        sys.exit(0 if beats(endpoints(settings).redis) else 1)
    with servers(settings, Progress()) as addresses:
        logs.configure(settings.log, settings.log_level)
        use_field_keys(settings)
        reach_outside(settings, SystemClock())
        uvloop.run(_work(addresses, settings))


async def _work(addresses: Endpoints, settings: Settings) -> None:
    worker = BackgroundWorker(addresses, SystemClock(), HANDLERS, settings.checkpoints, settings.webhook_networks)
    shown = metrics.registry(metrics.OF_WORKER, worker.store.in_use, gate_version)
    metrics.serve(settings.metrics_host, settings.metrics_port and settings.metrics_port + 1, shown)
    await worker.work()
