"""The supervisor's children: started, watched together with what they need, stopped together."""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

from server.stopping import listen_again, put_off

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
STOP_SECONDS = 30
"""For all of them together."""


class ChildDied(RuntimeError):
    """A process that must live ended though nobody asked it to."""


class Children:
    """Commands of `tiaojie` in processes of their own, and the servers without which these could only fail."""

    def __init__(self) -> None:
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._names: dict[int, str] = {}
        """By the kernel's handle: a process number is given to another process some day, a handle never."""
        self._ends = select.poll()

    def start(self, name: str) -> None:
        """Run `tiaojie NAME`. Its own session keeps the terminal's Ctrl-C from it: the supervisor tells it."""
        with put_off():
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "server.cli", name],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        self.watch(f"tiaojie {name}", self.processes[name].pid)

    def watch(self, name: str, pid: int) -> None:
        """From now on its end is noticed, also when it ended before; the process need not be our own."""
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            raise ChildDied(name) from None
        self._names[handle] = name
        self._ends.register(handle, select.POLLIN)

    def check(self) -> None:
        """Raise ChildDied when one has ended."""
        self._told(self._ends.poll(0))

    def wait(self) -> None:
        """Return never: raises ChildDied when one ends."""
        self._told(self._ends.poll())

    def stop(self) -> None:
        """Ask all, then wait for each; one that does not listen in time is killed."""
        for process in self.processes.values():
            process.terminate()
        last = monotonic() + STOP_SECONDS
        for process in self.processes.values():
            try:
                process.wait(timeout=max(0.0, last - monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for handle in self._names:
            os.close(handle)

    def _told(self, ended: list[tuple[int, int]]) -> None:
        if ended:
            raise ChildDied(", ".join(self._names[handle] for handle, _event in ended))


@contextmanager
def children(servers: Mapping[str, int]) -> Iterator[Children]:
    """Whatever is started in the block lives as long as the block. `servers`: name -> number of what is watched too."""
    started = Children()
    try:
        for name, pid in servers.items():
            started.watch(name, pid)
        yield started
    finally:
        started.stop()


def _die_with_parent() -> None:
    """The kernel sends SIGTERM when the supervisor is killed, so that no orphan keeps the port."""
    listen_again()
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
