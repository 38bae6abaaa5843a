"""exits.csv: every way out of the application, what it needs and shows, and the test that watches it.

`needs` is the action (`a|b`: either) without which a member gets 403; `shows`, the field groups that
stand on it for who may read them.
"""

import csv
from functools import cache
from pathlib import Path

from msgspec import Struct

FILE = Path(__file__).with_name("exits.csv")
KINDS = frozenset(
    {
        "detail", "part", "preview", "attachment", "print", "choices", "explain", "act", "own page", "list", "look-up",
        "count", "facet", "inbox", "export", "audit", "account", "tree", "admin", "rules", "job", "command", "template",
        "notice", "no case", "who sees", "dispute", "form", "object", "own object", "stream",
    }
)  # fmt: skip


class Row(Struct, frozen=True):
    exit: str
    kind: str
    needs: str
    shows: str
    test: str

    @property
    def file(self) -> str:
        return self.test.partition("::")[0]

    @property
    def name(self) -> str:
        return self.test.partition("::")[2]

    @property
    def method(self) -> str:
        """Of a route."""
        return self.exit.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.exit.partition(" ")[2]


@cache
def rows() -> tuple[Row, ...]:
    """In the order of the file; raises ValueError for an exit that stands there twice or a kind nobody knows."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = tuple(Row(**row) for row in csv.DictReader(file))
    exits = [row.exit for row in found]
    if twice := {one for one in exits if exits.count(one) > 1}:
        raise ValueError(f"registered twice: {sorted(twice)}")
    if unknown := {row.kind for row in found} - KINDS:
        raise ValueError(f"unknown kinds of exit: {sorted(unknown)}")
    return found


def watched_by(test: str) -> tuple[Row, ...]:
    """The exits of one test, by its function's name."""
    return tuple(row for row in rows() if row.name == test)
