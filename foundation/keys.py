"""Root keys by id, and the keys derived from one of them for a purpose (HKDF, RFC 5869)."""

from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Struct

from foundation.digests import BY_SUITE
from foundation.suites import Suite

SIZE = 32
"""Bytes of a root key."""


class RootKeys(Struct, frozen=True):
    """What seals (`current`) and what still opens (all of them)."""

    roots: dict[int, bytes]
    current: int

    @property
    def newest(self) -> int:
        return max(self.roots)


def derive(root: bytes, name: str, suite: Suite = Suite.INTERNATIONAL, size: int = SIZE) -> bytes:
    """`size` bytes for the purpose `name`; another name tells nothing about them."""
    algorithm = BY_SUITE[suite].make()
    return HKDF(algorithm=algorithm, length=size, salt=None, info=f"tiaojie:{name}".encode()).derive(root)
