"""What the province has decided, for a time, where the text does not: dated choices with their reason."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

DEFAULTS_FILE = Path(__file__).with_name("defaults.json")


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """For the open row `row` take `choice`, on costs incurred from `valid_from` to `valid_to`, both days included."""

    row: str
    choice: str
    reason: str
    source: str
    valid_from: date
    valid_to: date | None


class Defaults(msgspec.Struct, frozen=True):
    entries: tuple[Default, ...]

    def on(self, row: str, day: date) -> Default | None:
        """The choice in force on `day`; the entry that began last wins. None: ask the province."""
        valid = (e for e in self.entries if e.row == row and e.valid_from <= day and _open(e, day))
        return max(valid, key=lambda entry: entry.valid_from, default=None)


def load_defaults(options: Mapping[str, frozenset[str]], path: Path = DEFAULTS_FILE) -> Defaults:
    """Raises msgspec.ValidationError for a bad form, ValueError for a row or choice that the table does not offer."""
    entries = msgspec.json.decode(path.read_bytes(), type=tuple[Default, ...])
    for entry in entries:
        if entry.choice not in options.get(entry.row, frozenset()):
            raise ValueError(f"default for {entry.row}: the table offers no choice {entry.choice!r}")
    return Defaults(entries)


def _open(entry: Default, day: date) -> bool:
    return entry.valid_to is None or day <= entry.valid_to
