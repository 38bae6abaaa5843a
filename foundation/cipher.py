"""Field encryption: AES-256-GCM, the key's id in the ciphertext, so that keys can rotate.

Layout of a ciphertext: 1 byte format (1), 2 bytes key id, 12 bytes nonce, the sealed text with its tag.
"""

import os
from typing import Any, ClassVar

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

FORMAT = 1
HEADER = 3
NONCE = 12


class Keyring(Struct, frozen=True):
    """Keys by id; `current` seals, all of them open."""

    keys: dict[int, bytes]
    current: int

    def seal(self, plain: bytes, purpose: str) -> bytes:
        nonce = os.urandom(NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, plain, purpose.encode())
        return bytes([FORMAT]) + self.current.to_bytes(2, "big") + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Raises `cryptography.exceptions.InvalidTag` when altered or moved to another column."""
        key = self.keys[int.from_bytes(sealed[1:HEADER], "big")]
        body = HEADER + NONCE
        return AESGCM(key).decrypt(sealed[HEADER:body], sealed[body:], purpose.encode())


class Sealed(TypeDecorator[Any]):
    """A column whose value (text, or any JSON value) is stored encrypted. `purpose` names table and column."""

    impl = LargeBinary
    cache_ok = True
    keyring: ClassVar[Keyring | None] = None

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    @classmethod
    def use(cls, keyring: Keyring) -> None:
        """Set at start, by the composition root."""
        cls.keyring = keyring

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else self._ring().seal(msgspec.json.encode(value), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(self._ring().open(value, self.purpose))

    def _ring(self) -> Keyring:
        if self.keyring is None:
            raise RuntimeError("no keyring: the composition root sets one at start")
        return self.keyring
