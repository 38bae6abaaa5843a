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

import pytest

READY = "ready"


class Running:
    """One `tiaojie run` in a data folder of the test's own, without seeded cases."""

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

    def postmaster(self) -> int:
        return int((self.data / "postgres" / "cluster" / "postmaster.pid").read_text().split()[0])

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
    """Filled by the first test, found again by the others."""
    with TemporaryDirectory(prefix="tiaojie-run-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "data"


@pytest.fixture
def running(data: Path) -> Iterator[Running]:
    started = Running(data)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.end()


@pytest.mark.skipif("TIAOJIE_DATABASE_URL" in os.environ, reason="these tests kill servers: only embedded ones")
class TestRun:
    def test_it_prints_accounts_and_the_address_answers(self, running: Running) -> None:
        printed = running.until_ready()
        assert "xgll.director" in printed
        with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/health") as answer:
            assert answer.status == 200

    @pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
    def test_asked_to_stop_it_ends_with_0_and_leaves_no_server(self, running: Running, asked: signal.Signals) -> None:
        running.until_ready()
        postmaster = running.postmaster()
        running.process.send_signal(asked)
        assert running.end() == 0
        assert not (running.data / "postgres" / "cluster" / "postmaster.pid").exists()
        assert not alive(postmaster)

    @pytest.mark.parametrize("victim", ["serve", "worker"])
    def test_when_a_child_dies_all_of_it_ends_with_1(self, running: Running, victim: str) -> None:
        running.until_ready()
        os.kill(running.child(victim), signal.SIGKILL)
        assert running.end() == 1
        assert not (running.data / "postgres" / "cluster" / "postmaster.pid").exists()

    def test_when_the_database_dies_it_ends_with_1_and_the_next_start_recovers(self, data: Path) -> None:
        first = Running(data)
        first.until_ready()
        os.kill(first.postmaster(), signal.SIGKILL)
        assert first.end() == 1
        second = Running(data)
        assert "recovering" in second.until_ready()
        second.process.terminate()
        assert second.end() == 0

    def test_a_killed_supervisor_leaves_no_child_on_the_port_and_the_next_start_adopts_the_servers(
        self, data: Path
    ) -> None:
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
