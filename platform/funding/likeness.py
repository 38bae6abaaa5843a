"""How alike two texts are, told from keyed hashes alone: no word can be read back, none guessed without the key.

Shingles of letters, the least of their hashes under 64 orders (minhash), and bands of those, by which like ones are
found without comparing all with all. Standard wording is short beside what a workroom writes of its own.
"""

import unicodedata
from array import array
from collections.abc import Collection
from functools import lru_cache
from hashlib import blake2b

SHINGLE = 5
"""Letters in a row."""
LEAST = 80
"""Letters below which a text is too common to say anything."""
LONGEST = 8000
ORDERS = 64
ROWS = 4
"""Orders of one band: of the sixteen, texts half alike share one in two cases of three, texts 80% alike always."""
PRIME = (1 << 61) - 1


def letters(text: str, leave_out: Collection[str] = ()) -> str:
    """Without names that are to be left out, digits, spaces, marks; at most LONGEST."""
    plain = unicodedata.normalize("NFKC", text)
    for name in sorted(leave_out, key=len, reverse=True):
        plain = plain.replace(unicodedata.normalize("NFKC", name), "")
    return "".join(letter for letter in plain if letter.isalpha())[:LONGEST]


def sketch(plain: str, key: bytes) -> bytes:
    """64 numbers of four bytes; the share of equal ones estimates how alike the sets of shingles are (Jaccard)."""
    hashes = {_hash(plain[at : at + SHINGLE].encode(), key) for at in range(len(plain) - SHINGLE + 1)}
    least = (min((a * one + b) % PRIME for one in hashes) for a, b in _orders(key))
    return array("I", [one & 0xFFFFFFFF for one in least]).tobytes()


def bands(sketched: bytes) -> list[int]:
    """Signed numbers of eight bytes: two sketches that share one are candidates."""
    width = ROWS * array("I").itemsize
    parts = (sketched[at : at + width] for at in range(0, len(sketched), width))
    return [_signed(bytes([ordinal]) + part) for ordinal, part in enumerate(parts)]


def likeness(one: bytes, other: bytes) -> int:
    """In percent."""
    pairs = list(zip(array("I", one), array("I", other), strict=True))
    return sum(a == b for a, b in pairs) * 100 // len(pairs)


def _hash(shingle: bytes, key: bytes) -> int:
    return int.from_bytes(blake2b(shingle, digest_size=8, key=key[:64]).digest())


def _signed(part: bytes) -> int:
    return int.from_bytes(blake2b(part, digest_size=8).digest(), signed=True)


@lru_cache(maxsize=4)
def _orders(key: bytes) -> tuple[tuple[int, int], ...]:
    """The same for all texts under one key."""
    return tuple((_hash(b"a%d" % n, key) % PRIME or 1, _hash(b"b%d" % n, key) % PRIME) for n in range(ORDERS))
