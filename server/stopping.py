"""SIGINT and SIGTERM end the program through its `finally` blocks, once."""

import signal
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(SystemExit):
    """Somebody asked us to stop: a clean end, exit code 0."""


def stop_on_signals() -> None:
    """From now on the first signal raises Stopped in the main thread."""
    for number in SIGNALS:
        signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    """A second signal must not break off the stopping of the servers."""
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped(0)
