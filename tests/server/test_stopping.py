"""Asked to stop, a service has ended well; a command that was broken off says by its exit code that it was."""

import signal
import subprocess
import sys

import pytest

BROKEN_OFF = "import os, sys, signal; from server.stopping import *; stop_on_signals(); {}os.kill(os.getpid(), {})"


@pytest.mark.parametrize(
    ("before", "number", "code"),
    [
        ("", signal.SIGINT, 130),
        ("", signal.SIGTERM, 143),
        ("service()(lambda: os.kill(os.getpid(), signal.SIGTERM))(); ", signal.SIGINT, 0),
    ],
)
def test_the_exit_code_tells_a_stopped_service_from_a_broken_command(before: str, number: int, code: int) -> None:
    program = BROKEN_OFF.format(before, int(number))
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == code


LOST = """
import os, signal, threading
from server.stopping import stop_on_signals

class Finalised:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        sum(range(1000))

stop_on_signals()
made = Finalised()
del made
threading.Event().wait(20)
"""


def test_a_signal_that_comes_where_python_drops_exceptions_is_not_lost() -> None:
    """So it was around a fork: the supervisor went on and ignored every further signal."""
    ended = subprocess.run([sys.executable, "-c", LOST], check=False, capture_output=True, timeout=60)
    assert ended.returncode == 128 + signal.SIGTERM
    assert ended.stderr == b""


AROUND_A_FORK = """
import os, signal
from server.children import children
from server.stopping import stop_on_signals

stop_on_signals()
os.register_at_fork({}=lambda: os.kill(os.getpid(), signal.SIGTERM))
with children({{}}) as started:
    started.start("--help")
    raise AssertionError("the signal was lost")
"""


@pytest.mark.parametrize("moment", ["before", "after_in_parent"])
def test_a_signal_that_comes_around_a_fork_waits_for_its_end_and_stops_the_child_too(moment: str) -> None:
    """Broken off between its locks, Python complained of a lock released that nobody held."""
    ended = subprocess.run([sys.executable, "-c", AROUND_A_FORK.format(moment)], check=False, capture_output=True)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGTERM, b"")
