"""Bytes with gaps: what is the same in every copy, and which value comes between."""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

Piece = bytes | int
"""What stays, or the number of a value."""
Chosen = Callable[[Sequence[bytes]], Sequence[bytes]]


class Gaps:
    """`parts` alternate: what stays, a gap, what stays …; `values` are the numbers of what fills the gaps."""

    def __init__(self, parts: list[bytes], values: Sequence[int]) -> None:
        self.parts, self.values = parts, values
        self._chosen: Chosen = itemgetter(*values) if len(values) > 1 else lambda all: [all[one] for one in values]

    def filled(self, values: Sequence[bytes]) -> bytes:
        parts = self.parts.copy()
        parts[1::2] = self._chosen(values)
        return b"".join(parts)


def gaps(pieces: Iterable[Piece]) -> Gaps:
    """Neighbours that stay are one part."""
    parts, values, stays = [], [], []
    for piece in pieces:
        if isinstance(piece, bytes):
            stays.append(piece)
            continue
        parts += [b"".join(stays), b""]
        values.append(piece)
        stays = []
    return Gaps([*parts, b"".join(stays)], values)


class Slots:
    """Values that differ from copy to copy, each under a number: asked for while a mould is made."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, Any], int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, kind: str, of: Any) -> int:
        """The same value of a kind has one number."""
        return self._numbers.setdefault((kind, of), len(self._numbers))

    def of_kind(self, kind: str) -> list[tuple[int, Any]]:
        """Number and value, in the order of the asking."""
        return [(number, of) for (found, of), number in self._numbers.items() if found == kind]
