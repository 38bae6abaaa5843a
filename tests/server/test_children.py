"""Whoever must live is missed when it ends, whenever that was; whoever does not listen is stopped all the same."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from server import children as supervising
from server.children import ChildDied, Children, children

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"


def deaf() -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"deaf\n"
    return process


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not the supervisor's to stop."""
    process = deaf()
    yield process
    process.kill()
    process.communicate()


def ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def test_one_that_ended_before_it_was_watched_is_missed(other: subprocess.Popen[bytes]) -> None:
    ended(other)
    with pytest.raises(ChildDied, match="PostgreSQL"), children({"PostgreSQL": other.pid}):
        raise AssertionError("nobody noticed")


def test_one_that_ended_before_the_waiting_began_is_missed(other: subprocess.Popen[bytes]) -> None:
    with children({"me": os.getpid(), "PostgreSQL": other.pid}) as started:
        started.check()
        ended(other)
        for ask in (started.check, started.wait):
            with pytest.raises(ChildDied, match="^PostgreSQL$"):
                ask()


def test_those_who_do_not_listen_are_given_one_time_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "STOP_SECONDS", 2)
    supervisor = Children()
    supervisor.processes = {str(number): deaf() for number in range(3)}
    began = monotonic()
    supervisor.stop()
    assert 2 <= monotonic() - began < 4
    assert {process.returncode for process in supervisor.processes.values()} == {-signal.SIGKILL}
    for process in supervisor.processes.values():
        process.communicate()


def test_a_child_listens_though_signals_were_put_off_while_it_was_made() -> None:
    with children({}) as started:
        started.start("--help")
        status = Path(f"/proc/{started.processes['--help'].pid}/status").read_text()
    waiting = int(status.partition("SigBlk:")[2].split()[0], base=16)
    assert not waiting & (1 << (signal.SIGTERM - 1) | 1 << (signal.SIGINT - 1))
