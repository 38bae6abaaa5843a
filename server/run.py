"""The supervisor behind `make run`: everything up in order, watched, and down in the opposite order."""

import socket
import sys
import threading

from foundation.endpoints import Endpoints
from foundation.servers import server_pids, servers
from foundation.settings import SettingError, Settings
from server.account_table import print_accounts
from server.asking import is_ready
from server.children import ChildDied, Children, children
from server.first_fill import PASSWORD, fill
from server.parts import use_field_keys
from server.progress import Progress
from server.schema import bring_up_to_date
from server.seed.first import seed_when_empty

READY_SECONDS = 60


def run(settings: Settings) -> None:
    """Return when a signal has stopped everything; exits with 1 when a server or a child dies."""
    progress = Progress()
    _require_free_port(settings)
    progress("正在启动数据库与缓存 / starting the database and the cache")
    with servers(settings, progress) as endpoints:
        try:
            with children(server_pids(settings)) as started:
                _supervise(settings, endpoints, started, progress)
        except ChildDied as died:
            print(f"子进程意外结束 / a child ended: {died}", file=sys.stderr)
            sys.exit(1)


def _supervise(settings: Settings, endpoints: Endpoints, started: Children, progress: Progress) -> None:
    """Everything up in order, and then nothing but watching."""
    bring_up_to_date(endpoints, progress)
    use_field_keys(settings)
    accounts = fill(endpoints, progress)
    seed_when_empty(settings, endpoints, progress)
    progress("正在启动网站与后台任务 / starting the web server and the worker")
    for name in ("serve", "worker"):
        started.start(name)
    _await_ready(settings, started)
    print_accounts(accounts, PASSWORD)
    progress(f"已就绪 / ready: {settings.public_url}")
    started.wait()


def _require_free_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingError(
                "TIAOJIE_HOST, TIAOJIE_PORT",
                f"无法使用 {settings.host}:{settings.port}",
                f"can't listen on {settings.host}:{settings.port} ({error.strerror}); choose another port",
            ) from error


def _await_ready(settings: Settings, started: Children) -> None:
    """Ask ten times a second until the web server is ready."""
    pause = threading.Event()
    for _ in range(READY_SECONDS * 10):
        started.check()
        if is_ready(settings):
            return
        pause.wait(0.1)
    raise ChildDied(f"tiaojie serve: /ready {READY_SECONDS} s")
