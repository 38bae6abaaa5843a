"""Keys of one purpose: the current one seals, all of them open; each ciphertext tells its suite and its key.

Layout of a ciphertext: 1 byte format (1 AES-256-GCM, 2 SM4-GCM), 2 bytes key id, 12 bytes nonce, the sealed text with
its tag. A blind index has the same first three bytes before its 32.
"""

import os
from collections.abc import Callable, Iterator, Mapping

from cryptography.hazmat.primitives import hmac

from foundation.ciphers import FORMAT_OF, FORMATS, NONCE, Sealer
from foundation.digests import BY_SUITE
from foundation.keys import RootKeys, derive
from foundation.suites import Suite, chosen

HEADER, DRAWN = 3, 256
FIELDS, FILES = "field-encryption", "file-encryption"
"""The purposes; each has its own keys, derived from the roots by name."""
Source = Callable[[], RootKeys]


class KeyUnknown(KeyError):
    """The ciphertext names a key that this deployment does not have (any more)."""


class Keyring:
    """Asks its source again at each sealing, so that a new current key counts at once (see `foundation.key_file`)."""

    def __init__(self, keys: Mapping[int, bytes], current: int, name: str = FIELDS) -> None:
        """Keys that never change."""
        fixed = RootKeys(dict(keys), current)
        self._take(lambda: fixed, name)

    @classmethod
    def following(cls, source: Source, name: str) -> "Keyring":
        """Keys that may change while the process runs."""
        ring = cls.__new__(cls)
        ring._take(source, name)
        return ring

    def held(self) -> "Keyring":
        """The same as they are at this moment: for a bulk load, which need not ask again for every value."""
        return Keyring(self._source().roots, self._source().current, self._name)

    def _take(self, source: Source, name: str) -> None:
        self._source, self._name = source, name
        self._sealers: dict[bytes, Sealer] = {}
        self._nonces = _nonces()

    @property
    def header(self) -> bytes:
        """What every new ciphertext begins with."""
        return header_of(chosen(), self._source().current)

    def seal(self, plain: bytes, purpose: str) -> bytes:
        header, nonce = self.header, os.urandom(NONCE)
        return header + nonce + self._sealer(header).encrypt(nonce, plain, purpose.encode())

    def sealing(self, purpose: str) -> Callable[[bytes], bytes]:
        """`seal` for value after value of one purpose under the key of this moment: for a bulk load, in one thread."""
        header, about, nonces = self.header, purpose.encode(), self._nonces
        encrypt = self._sealer(header).encrypt

        def seal(plain: bytes) -> bytes:
            nonce = next(nonces)
            return header + nonce + encrypt(nonce, plain, about)

        return seal

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Raises `InvalidTag` when altered or moved to another column, KeyUnknown when its key is gone."""
        nonce, body = sealed[HEADER : HEADER + NONCE], sealed[HEADER + NONCE :]
        return self._sealer(sealed[:HEADER]).decrypt(nonce, body, purpose.encode())

    def blind(self, plain: bytes, purpose: str) -> bytes:
        """A keyed digest (HMAC) by which equal values are equal, under the current key."""
        return self._blind(chosen(), self._source().current, plain, purpose)

    def blinds(self, plain: bytes, purpose: str) -> list[bytes]:
        """The same under every key and suite: what to look for while keys are being exchanged."""
        return [self._blind(suite, key, plain, purpose) for key in self._source().roots for suite in Suite]

    def secret_of(self, about: bytes, purpose: str) -> bytes:
        """A secret of `about` alone: the same again as long as the current key is, and told by no other."""
        suite = chosen()
        key = derive(self._source().roots[self._source().current], f"{self._name}:secret-of", suite)
        digest = hmac.HMAC(key, BY_SUITE[suite].make())
        digest.update(purpose.encode() + b"\x1f" + about)
        return digest.finalize()

    def _blind(self, suite: Suite, key: int, plain: bytes, purpose: str) -> bytes:
        secret = derive(self._source().roots[key], f"{self._name}:blind-index", suite)
        digest = hmac.HMAC(secret, BY_SUITE[suite].make())
        digest.update(purpose.encode() + b"\x1f" + plain)
        return header_of(suite, key) + digest.finalize()

    def _sealer(self, header: bytes) -> Sealer:
        """An unknown key may be one that was added since: the source is asked again."""
        if header not in self._sealers:
            kind, root = FORMATS.get(header[0] if header else 0), self._source().roots.get(key_of(header))
            if kind is None or root is None:
                raise KeyUnknown(header.hex())
            self._sealers[header] = kind.sealer(root, self._name)
        return self._sealers[header]


def _nonces() -> Iterator[bytes]:
    """From the system, some at a time."""
    while True:
        drawn = os.urandom(NONCE * DRAWN)
        yield from [drawn[start : start + NONCE] for start in range(0, len(drawn), NONCE)]


def header_of(suite: Suite, key: int) -> bytes:
    return bytes([FORMAT_OF[suite]]) + key.to_bytes(2, "big")


def key_of(header: bytes) -> int:
    return int.from_bytes(header[1:HEADER], "big")
