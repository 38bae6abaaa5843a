"""SIGINT and SIGTERM end the program through its `finally` blocks, once.

A service that is asked to stop has ended well; a command that is broken off has not done what it was called for.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(SystemExit):
    """Somebody asked us to stop: a clean end, by the exit code that shells give it (130, 143)."""


@contextmanager
def service() -> Iterator[None]:
    """For what runs until it is asked to stop: exit code 0 then."""
    try:
        yield
    except Stopped:
        raise SystemExit(0) from None


def stop_on_signals() -> None:
    """From now on the first signal raises Stopped in the main thread."""
    for number in SIGNALS:
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    """A second signal must not break off the stopping of the servers."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(128 + number)
