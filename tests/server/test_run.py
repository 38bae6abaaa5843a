"""`tiaojie run`: everything up, down cleanly, and never half alive."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from foundation.embedded.account import CommandFailed
from foundation.servers import server_pids
from foundation.settings import load_settings
from tests.in_memory import folder_of

READY = "ready"


class Running:
    """One `tiaojie run` in a data folder of the test's own, without seeded cases."""

    started: ClassVar[list[subprocess.Popen[str]]] = []

    def __init__(self, data: Path, program: str = "server.cli") -> None:
        self.data = data
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", program, "run"],
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
        return self.until(READY)

    def until(self, word: str) -> str:
        """Everything printed up to the line with this word."""
        assert self.process.stdout is not None
        printed = ""
        for line in self.process.stdout:
            printed += line
            if word in line:
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

    def server(self, name: str) -> int:
        """The process number of PostgreSQL or Valkey."""
        return server_pids(load_settings({"TIAOJIE_DATA": str(self.data)}))[name]

    def postmaster(self) -> int:
        return self.server("PostgreSQL")

    def end(self) -> int:
        """The exit code, after everything printed has been read."""
        return self.last_words()[0]

    def last_words(self) -> tuple[int, str]:
        """The exit code, and what was printed since it was last read."""
        printed, _ = self.process.communicate(timeout=60)
        return self.process.returncode, printed


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Filled by the first test, found again by the others; what a failed one left running is stopped."""
    with folder_of("run") as folder:
        yield folder / "data"
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

    def test_when_the_database_dies_at_the_instant_it_is_ready_it_ends_with_1(self, data: Path) -> None:
        running = Running(data, "tests.server.dying_process")
        code, printed = running.last_words()
        assert (code, READY in printed) == (1, True), printed
        assert "Traceback" not in printed
        assert "PostgreSQL" in printed.splitlines()[-1]

    @pytest.mark.parametrize("name", ["PostgreSQL", "Valkey"])
    def test_when_a_server_dies_during_the_start_it_ends_with_1_and_says_so(self, data: Path, name: str) -> None:
        running = Running(data)
        printed = running.until("starting the web server")
        os.kill(running.server(name), signal.SIGKILL)
        code, printed = running.last_words()
        assert code == 1, printed
        assert "a child ended" in printed
        assert "Traceback" not in printed

    def test_when_the_cache_dies_it_ends_with_1(self, data: Path) -> None:
        running = Running(data)
        running.until_ready()
        os.kill(running.server("Valkey"), signal.SIGKILL)
        code, printed = running.last_words()
        assert code == 1, printed
        assert "Valkey" in printed.splitlines()[-1]
        assert not running.lock_file.exists()

    @pytest.mark.parametrize("word", ["starting the database", "starting the web server"])
    def test_asked_to_stop_during_the_start_it_ends_with_0_and_leaves_no_server(self, data: Path, word: str) -> None:
        running = Running(data)
        running.until(word)
        running.process.terminate()
        code, printed = running.last_words()
        assert (code, "Traceback" in printed) == (0, False), printed
        with pytest.raises(CommandFailed, match="PostgreSQL"):  # a file of an earlier crash may still lie there
            running.postmaster()

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
