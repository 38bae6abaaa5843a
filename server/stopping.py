"""SIGINT and SIGTERM end the program through its `finally` blocks, once.

A service that is asked to stop has ended well; a command that is broken off has not done what it was called for.
"""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SIGNALS = (signal.SIGINT, signal.SIGTERM)
AGAIN_SECONDS = 0.01


class Stopped(SystemExit):
    """Somebody asked us to stop: a clean end, by the exit code that shells give it (130, 143)."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        self.number = number


@contextmanager
def service() -> Iterator[None]:
    """For what runs until it is asked to stop: exit code 0 then."""
    try:
        yield
    except Stopped:
        raise SystemExit(0) from None


def stop_on_signals() -> None:
    """From now on the first signal raises Stopped in the main thread."""
    sys.unraisablehook = _not_lost
    for number in SIGNALS:
        signal.signal(number, _stop)


@contextmanager
def put_off() -> Iterator[None]:
    """A signal waits until the block is over, where an exception would be dropped halfway: around a fork."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def listen_again() -> None:
    """For a child made by a fork in such a block, which inherits that signals wait."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _stop(number: int, frame: FrameType | None) -> None:
    """A second signal must not break off the stopping of the servers."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(number)


def _not_lost(dropped: "UnraisableHookArgs") -> None:
    """Python drops what is raised in a finaliser or around a fork, and we would run on, deaf: asked again, outside."""
    stopped = dropped.exc_value
    if not isinstance(stopped, Stopped):
        sys.__unraisablehook__(dropped)
        return
    signal.signal(signal.SIGALRM, lambda _, frame: _stop(stopped.number, frame))
    signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)
