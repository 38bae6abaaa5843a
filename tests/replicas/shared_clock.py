"""One clock for several processes: a file that the test writes and all of them read."""

import os
from datetime import datetime
from pathlib import Path

from foundation.clock import FrozenClock


class SharedClock:
    """As a process reads it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def now(self) -> datetime:
        return datetime.fromisoformat(self.file.read_text())


class HeldClock(FrozenClock):
    """As the test moves it; a reader finds the old instant or the new one."""

    def __init__(self, file: Path, instant: datetime) -> None:
        self.file = file
        super().__init__(instant)

    @property
    def instant(self) -> datetime:
        return self._instant

    @instant.setter
    def instant(self, value: datetime) -> None:
        self._instant = value
        draft = self.file.with_suffix(".draft")
        draft.write_text(value.isoformat())
        os.replace(draft, self.file)
