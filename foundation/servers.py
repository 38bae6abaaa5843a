"""PostgreSQL and Redis for as long as a process needs them: the embedded ones, or those of the settings.

Several processes may share one data folder (the supervisor, its children, `tiaojie seed`): whoever comes first
starts the servers, whoever leaves last stops them. The kernel drops a dead process's locks, so a crash can't
leave a wrong count; servers that it left running are adopted by the next start. A server that died under its users
is started again by the next who comes.
"""

import asyncio
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from urllib.parse import quote

import asyncpg
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from foundation.embedded.account import CommandFailed, server_account
from foundation.embedded.folders import Folders, prepare
from foundation.embedded.postgres import SUPERUSER, Postgres
from foundation.embedded.valkey import Valkey
from foundation.endpoints import Endpoints, endpoints
from foundation.progress import Progress
from foundation.provision import provision_owner, provision_roles
from foundation.secrets import load_secret
from foundation.settings import SettingError, Settings


@contextmanager
def servers(settings: Settings, progress: Progress, *, durable: bool = True) -> Iterator[Endpoints]:
    """Servers that run and know our roles. `durable=False` (tests) trades safety after a crash for speed.

    Call it where no event loop runs.
    """
    if not settings.embedded:
        addresses = endpoints(settings)
        _require_external(addresses)
        yield addresses
        return
    folders = Folders(settings.data)
    _require_folder(folders)
    with _shared(folders, _Pair(settings, folders, durable), progress):
        yield endpoints(settings)


def _require_folder(folders: Folders) -> None:
    """The data folder is ours to write, and the servers' user may pass through it; raises SettingError."""
    try:
        prepare(folders)
    except OSError as error:
        zh, en = f"无法使用目录 {folders.data}", f"can't use the folder {folders.data} ({error.strerror})"
        raise SettingError("TIAOJIE_DATA", zh, en) from error
    if not server_account().can_execute(folders.data):
        zh, en = "系统用户 tiaojie 无法进入该目录", "the system user tiaojie can't pass through to this folder"
        raise SettingError("TIAOJIE_DATA", zh, f"{en}: choose one outside of /root")


def _require_external(addresses: Endpoints) -> None:
    """Both servers answer and our roles are there; raises SettingError."""
    try:
        asyncio.run(provision_roles(addresses))
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise SettingError("TIAOJIE_DATABASE_URL", "数据库无法使用", f"can't use the database ({reason})") from error
    try:
        with Redis.from_url(addresses.redis, retry=Retry(NoBackoff(), 0)) as client:
            client.ping()
    except RedisError as error:
        reason = f"{type(error).__name__}: {error}"
        raise SettingError("TIAOJIE_REDIS_URL", "缓存无法使用", f"can't use the cache ({reason})") from error


def server_pids(settings: Settings) -> dict[str, int]:
    """The embedded servers' processes, for a supervisor to watch; empty when the servers are someone else's.

    Raises CommandFailed when one of them has ended already.
    """
    if not settings.embedded:
        return {}
    running: dict[str, int] = {}
    for name, pid in _Pair(settings, Folders(settings.data), durable=True).pids().items():
        if pid is None:
            raise CommandFailed(f"已意外结束 / ended unexpectedly: {name}")
        running[name] = pid
    return running


class _Pair:
    """The two embedded servers of one data folder."""

    def __init__(self, settings: Settings, folders: Folders, durable: bool) -> None:
        secret = load_secret(settings.secret_file)
        account = server_account()
        self.addresses = endpoints(settings)
        self.postgres = Postgres(folders, account, secret.password(SUPERUSER), durable=durable)
        self.valkey = Valkey(folders, account, secret.password("valkey"))
        host = quote(str(folders.sockets), safe="")
        self.superuser = f"postgresql://{SUPERUSER}:{self.postgres.password}@/postgres?host={host}"

    def start(self, progress: Progress) -> None:
        self.valkey.start()
        self.postgres.start(progress)
        asyncio.run(provision_owner(self.superuser, self.addresses))
        asyncio.run(provision_roles(self.addresses))

    def pids(self) -> dict[str, int | None]:
        """None: it does not run."""
        return {"PostgreSQL": self.postgres.pid, "Valkey": self.valkey.pid}

    def stop(self) -> None:
        """The one also when the other can't be stopped."""
        try:
            self.valkey.stop()
        finally:
            self.postgres.stop()


@contextmanager
def _shared(folders: Folders, pair: _Pair, progress: Progress) -> Iterator[None]:
    """Hold a shared lock while using the servers; being able to take it alone means nobody else uses them."""
    turn_file, users_file = folders.data / "turn.lock", folders.data / "users.lock"
    with turn_file.open("w") as turn, users_file.open("w") as users:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if _alone(users):
            _start_both(pair, progress)
        elif None in pair.pids().values():
            pair.start(progress)  # where that fails, nothing is stopped: the other one is in use
        fcntl.flock(users, fcntl.LOCK_SH)
        fcntl.flock(turn, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if _alone(users):
                pair.stop()


def _start_both(pair: _Pair, progress: Progress) -> None:
    """Where one does not start, the other does not stay."""
    try:
        pair.start(progress)
    except BaseException:
        pair.stop()
        raise


def _alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
