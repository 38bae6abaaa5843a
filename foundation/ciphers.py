"""The two authenticated ciphers: AES-256-GCM and SM4-GCM, in one shape."""

from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from foundation.keys import derive
from foundation.suites import Suite

NONCE = 12
TAG = 16


class Sealer(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        """Raises `cryptography.exceptions.InvalidTag`."""


class Sm4Gcm:
    """SM4 (GB/T 32907) in GCM as RFC 8998 has it; `cryptography` brings the parts and no ready class."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        encryptor = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data)
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes, /) -> bytes:
        decryptor = Cipher(self._algorithm, modes.GCM(nonce, data[-TAG:])).decryptor()
        decryptor.authenticate_additional_data(associated_data)
        return decryptor.update(data[:-TAG]) + decryptor.finalize()


class Format(Struct, frozen=True):
    """The first byte of a ciphertext tells which suite made it."""

    suite: Suite
    key_size: int
    make: type[AESGCM] | type[Sm4Gcm]

    def sealer(self, root: bytes, name: str) -> Sealer:
        return self.make(derive(root, name, self.suite, self.key_size))


FORMATS = {1: Format(Suite.INTERNATIONAL, 32, AESGCM), 2: Format(Suite.NATIONAL, 16, Sm4Gcm)}
FORMAT_OF = {kind.suite: number for number, kind in FORMATS.items()}
