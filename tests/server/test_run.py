"""`tiaojie run`: everything up, down cleanly, and never half alive."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest

READY = "ready"


class Running:
    """One `tiaojie run` in a data folder of the test's own, without seeded cases."""

    started: ClassVar[list[subprocess.Popen[str]]] = []

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "run"],
            env=os.environ
            | {"TIAOJIE_DATA": str(data), "TIAOJIE_PORT": str(self.port)}
            | {"TIAOJIE_SEED_LIGHT": "0", "TIAOJIE_SEED_FULL": "0"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(self.process)

    def until_ready(self) -> str:
        """Everything printed up to the address."""
        assert self.process.stdout is not None
        printed = ""
        for line in self.process.stdout:
            printed += line
            if READY in line:
                return printed
        raise AssertionError(printed)

    def child(self, name: str) -> int:
        """The process number of the child that runs `tiaojie NAME`."""
        supervisor = self.process.pid
        for pid in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split():
            if Path(f"/proc/{pid}/cmdline").read_text().rstrip("\0").endswith(name):
                return int(pid)
        raise AssertionError(f"no child {name}")

    @property
    def lock_file(self) -> Path:
        return self.data / "postgres" / "cluster" / "postmaster.pid"

    def postmaster(self) -> int:
        return int(self.lock_file.read_text().split()[0])

    def end(self) -> int:
        """The exit code, after everything printed has been read."""
        self.process.communicate(timeout=60)
        return self.process.returncode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Filled by the first test, found again by the others; what a failed one left running is stopped."""
    with TemporaryDirectory(prefix="tiaojie-run-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"
        for process in Running.started:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=60)


@pytest.mark.skipif("TIAOJIE_DATABASE_URL" in os.environ, reason="these tests kill servers: only embedded ones")
class TestRun:
    def test_it_prints_accounts_answers_and_asked_to_stop_ends_with_0_leaving_no_server(self, data: Path) -> None:
        running = Running(data)
        assert "xgll.director" in running.until_ready()
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/health") as answer:
            assert answer.status == 200
        postmaster = running.postmaster()
        running.process.terminate()
        assert running.end() == 0
        assert not alive(postmaster)
        assert not running.lock_file.exists()

    def test_when_a_child_dies_all_of_it_ends_with_1(self, data: Path) -> None:
        running = Running(data)
        running.until_ready()
        os.kill(running.child("worker"), signal.SIGKILL)
        assert running.end() == 1
        assert not running.lock_file.exists()

    def test_when_the_database_dies_it_ends_with_1_and_the_next_start_recovers(self, data: Path) -> None:
        first = Running(data)
        first.until_ready()
        os.kill(first.postmaster(), signal.SIGKILL)
        assert first.end() == 1
        second = Running(data)
        assert "recovering" in second.until_ready()
        second.process.send_signal(signal.SIGINT)
        assert second.end() == 0

    def test_a_killed_supervisor_leaves_no_child_on_the_port_and_the_next_start_succeeds(self, data: Path) -> None:
        first = Running(data)
        first.until_ready()
        web = first.child("serve")
        first.process.kill()
        first.end()
        second = Running(data)
        second.until_ready()
        assert not alive(web)
        second.process.terminate()
        assert second.end() == 0


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not yet collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
