"""Lines that tell what is being done and since when."""

import time


class Progress:
    """Called with a text; prints it behind the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._start:6.1f} s] {text}", flush=True)
