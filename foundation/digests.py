"""Digests of contents, by SHA-256 or SM3 as the deployment has chosen; a stored one tells its own algorithm.

A SHA-256 digest is stored as its 32 bytes, as ever; one by another algorithm has the algorithm's byte before them.
"""

import hmac
from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from msgspec import Struct

from foundation.suites import Suite, chosen

SIZE = 32
"""Bytes of either digest, without the byte that names it."""


class Digest(Struct, frozen=True):
    """One algorithm: `name` as people and files call it, `mark` the byte before a stored digest."""

    name: str
    mark: bytes
    make: Callable[[], hashes.HashAlgorithm]
    of: Callable[[bytes], bytes]
    """The 32 bytes alone: for trees and chains, which keep the algorithm's name beside them."""


def _sha256(data: bytes) -> bytes:
    """The same as `cryptography` makes, several times faster for a short text."""
    return sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


SHA256 = Digest("sha256", b"", hashes.SHA256, _sha256)
SM3 = Digest("sm3", b"\x02", hashes.SM3, _sm3)
BY_SUITE = {Suite.INTERNATIONAL: SHA256, Suite.NATIONAL: SM3}
BY_NAME = {SHA256.name: SHA256, SM3.name: SM3}


def current() -> Digest:
    """The algorithm that this deployment writes with."""
    return BY_SUITE[chosen()]


def digest(data: bytes) -> bytes:
    """As it is stored: 32 bytes, or 33 when they are not SHA-256."""
    made = current()
    return made.mark + made.of(data)


def matches(stored: bytes, data: bytes) -> bool:
    """Whether `stored` is the digest of `data`, whichever algorithm made it."""
    algorithm = algorithm_of(stored)
    return hmac.compare_digest(stored, algorithm.mark + algorithm.of(data))


def algorithm_of(stored: bytes) -> Digest:
    """Raises ValueError for what is no digest of ours."""
    for known in (SHA256, SM3):
        if len(stored) == len(known.mark) + SIZE and stored.startswith(known.mark):
            return known
    raise ValueError("not a digest")


def written(stored: bytes) -> str:
    """For people and programs: hex, with the algorithm's name before it when it is not SHA-256 (`sm3:66c7…`)."""
    algorithm = algorithm_of(stored)
    text = stored.removeprefix(algorithm.mark).hex()
    return text if algorithm is SHA256 else f"{algorithm.name}:{text}"
