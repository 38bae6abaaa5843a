"""The supervisor's children: started, watched, stopped together."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 30


class ChildDied(RuntimeError):
    """A child ended though nobody asked it to."""


class Children:
    """Commands of `tiaojie` in processes of their own."""

    def __init__(self) -> None:
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Run `tiaojie NAME`. Its own session keeps the terminal's Ctrl-C from it: the supervisor tells it."""
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "server.cli", name],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )

    def check(self) -> None:
        """Raise ChildDied when one has ended."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                raise ChildDied(f"tiaojie {name}: {process.returncode}")

    def wait(self, others: Mapping[str, int]) -> None:
        """Return never: raises ChildDied when a child ends, or one of `others` (name -> process number)."""
        names = {**{name: process.pid for name, process in self.processes.items()}, **others}
        handles = {os.pidfd_open(pid): name for name, pid in names.items()}
        waiting = select.poll()
        for handle in handles:
            waiting.register(handle, select.POLLIN)
        try:
            handle, _event = waiting.poll()[0]
        finally:
            for opened in handles:
                os.close(opened)
        raise ChildDied(handles[handle])

    def stop(self) -> None:
        """Ask all, then wait for each; one that does not listen is killed."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def children(names: Sequence[str]) -> Iterator[Children]:
    """All of `names` for as long as the block lasts."""
    started = Children()
    try:
        for name in names:
            started.start(name)
        yield started
    finally:
        started.stop()


def _die_with_parent() -> None:
    """The kernel sends SIGTERM when the supervisor is killed, so that no orphan keeps the port."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
