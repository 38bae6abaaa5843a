"""Encrypted columns: what is stored is sealed by the process's keyring, bound to table and column."""

from typing import Any, ClassVar

import msgspec
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from foundation.keyring import Keyring

__all__ = ["Keyring", "Sealed"]


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

    @classmethod
    def ring(cls) -> Keyring:
        if cls.keyring is None:
            raise RuntimeError("no keyring: the composition root sets one at start")
        return cls.keyring

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else self.ring().seal(msgspec.json.encode(value), self.purpose)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else msgspec.json.decode(self.ring().open(value, self.purpose))
