"""Many numbers side by side in one large integer: moved all at once, then cut into the bytes of each."""

from collections.abc import Sequence

LONG, ID = 8, 16
"""Bytes of a moment and of a UUID."""


class Lanes:
    """`size` bytes a number. What is added must leave each of them within its lane, and not below nothing."""

    def __init__(self, numbers: Sequence[int], size: int) -> None:
        self._size, self._whole = size, size * len(numbers)
        self._base = int.from_bytes(b"".join([number.to_bytes(size, "big") for number in numbers]), "big")
        self._each = int.from_bytes(bytes([*bytes(size - 1), 1]) * len(numbers), "big")

    def moved(self, by: int, mixed: int = 0) -> list[bytes]:
        """`by` is added to each, then `mixed` is its exclusive or."""
        whole = (self._base + by * self._each ^ mixed * self._each).to_bytes(self._whole, "big")
        size = self._size
        return [whole[start : start + size] for start in range(0, self._whole, size)]
