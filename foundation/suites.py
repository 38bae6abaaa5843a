"""Which family of algorithms this deployment writes with (TIAOJIE_CRYPTOGRAPHY); it reads what either has written."""

from enum import StrEnum


class Suite(StrEnum):
    INTERNATIONAL = "international"
    """AES-256-GCM and SHA-256."""
    NATIONAL = "national"
    """SM4-GCM (GB/T 32907) and SM3 (GB/T 32905)."""


class _Chosen:
    suite = Suite.INTERNATIONAL


def choose(suite: Suite) -> None:
    """Set at start, by the composition root."""
    _Chosen.suite = suite


def chosen() -> Suite:
    return _Chosen.suite
