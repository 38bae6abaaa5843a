"""What came of one batch."""

from typing import Any

from msgspec import Struct

AnyRow = tuple[Any, ...]


class Exchanged(Struct, frozen=True):
    """`made`: values sealed anew. `unreadable`: those that don't open, because altered or their key is gone."""

    made: int
    unreadable: int = 0

    def __add__(self, other: "Exchanged") -> "Exchanged":
        return Exchanged(self.made + other.made, self.unreadable + other.unreadable)
