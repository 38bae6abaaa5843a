"""Processes of `tiaojie` in a data folder of their own, filled with the demonstration's tree and people."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from foundation.endpoints import Endpoints
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from tests.server.test_run import free_port

SECONDS = 60


class Process:
    """One command; what it prints, on both channels, is read from its file."""

    def __init__(self, words: tuple[str, ...], data: Path, environ: dict[str, str]) -> None:
        self.port = free_port()
        self.output = data / f"{words[0]}-{self.port}.out"
        command = [sys.executable, "-m", "server.cli", *words]
        base = {key: value for key, value in os.environ.items() if not key.startswith("TIAOJIE_")}
        own = {"TIAOJIE_DATA": str(data), "TIAOJIE_PORT": str(self.port)}
        with self.output.open("wb") as file:
            environ = base | own | environ
            self.process = subprocess.Popen(command, cwd=data, env=environ, stdout=file, stderr=subprocess.STDOUT)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def printed(self) -> str:
        return self.output.read_text()

    def ready(self) -> int:
        """The status of /ready; 0 when nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/ready")
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()

    def until_ready(self, status: int = 200) -> None:
        """Ask until /ready answers `status`."""
        self.until(lambda: self.ready() == status)

    def until(self, holds: Callable[[], bool]) -> None:
        """Ask twenty times a second; fails when the process ends first."""
        pause = Event()
        for _ in range(SECONDS * 20):
            if holds():
                return
            assert self.process.poll() is None, self.printed()
            pause.wait(0.05)
        raise AssertionError(self.printed())

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


class Place:
    """A data folder with running servers, filled, and whatever processes a test starts in it."""

    def __init__(self, settings: Settings, endpoints: Endpoints) -> None:
        self.settings, self.endpoints = settings, endpoints
        self.processes: list[Process] = []

    def start(self, *words: str, **environ: str) -> Process:
        process = Process(words, self.settings.data, environ)
        self.processes.append(process)
        return process


@contextmanager
def filled_place(data: Path) -> Iterator[Place]:
    """Its servers stop when the block ends, and every process before them."""
    settings = load_settings({"TIAOJIE_DATA": str(data)})
    with servers(settings, print, durable=False) as endpoints:
        place = Place(settings, endpoints)
        try:
            filling = place.start("seed", "--cases", "1", "--light")
            assert filling.process.wait(SECONDS) == 0, filling.printed()
            yield place
        finally:
            for process in place.processes:
                if process.process.poll() is None:
                    process.end(signal.SIGKILL)
