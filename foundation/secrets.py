"""The one secret of a deployment and the keys derived from it."""

import base64
import binascii
import os
import secrets
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from foundation.settings import SettingError

SIZE = 32


class Secret:
    """32 random bytes; every key of the application is derived from them by name (HKDF-SHA256, RFC 5869)."""

    def __init__(self, root: bytes) -> None:
        if len(root) != SIZE:
            raise ValueError(f"the secret has {SIZE} bytes")
        self._root = root

    def key(self, name: str) -> bytes:
        """32 bytes for the purpose `name`; another name tells nothing about them."""
        return HKDF(algorithm=hashes.SHA256(), length=SIZE, salt=None, info=f"tiaojie:{name}".encode()).derive(
            self._root
        )

    def password(self, name: str) -> str:
        """A password for the server account `name`, safe inside a URL."""
        return base64.urlsafe_b64encode(self.key(f"password:{name}")).decode().rstrip("=")

    @cached_property
    def field_encryption(self) -> bytes:
        """AES-256-GCM key of encrypted columns."""
        return self.key("field-encryption")

    @cached_property
    def file_encryption(self) -> bytes:
        """AES-256-GCM key of the file store."""
        return self.key("file-encryption")

    @cached_property
    def session(self) -> bytes:
        """Key of session tokens."""
        return self.key("session")

    @cached_property
    def csrf(self) -> str:
        """Key of the CSRF token, as text for Litestar's configuration."""
        return self.key("csrf").hex()


def load_secret(path: Path) -> Secret:
    """Read `path` (base64 of 32 bytes, mode 0600); it is made when it does not exist."""
    if not path.exists():
        _create(path)
    if path.stat().st_mode & 0o077:
        raise SettingError(
            "TIAOJIE_SECRET_FILE", "文件只应本人可读(chmod 600)", "only its owner may read the file (chmod 600)"
        )
    try:
        return Secret(base64.b64decode(path.read_bytes(), validate=False))
    except (binascii.Error, ValueError) as error:
        raise SettingError(
            "TIAOJIE_SECRET_FILE", "内容应为 32 字节随机数的 base64", "must hold 32 random bytes in base64"
        ) from error


def _create(path: Path) -> None:
    """Two starts at once agree on one secret: the file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(SIZE)) + b"\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
