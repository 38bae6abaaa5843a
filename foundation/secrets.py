"""The secret of a deployment: what passwords of our own servers and keys of sessions are derived from."""

import base64
from functools import cached_property
from pathlib import Path

from foundation import key_file
from foundation.keys import SIZE, derive


class Secret:
    """32 random bytes; every password and key is derived from them by name (HKDF-SHA256)."""

    def __init__(self, root: bytes) -> None:
        if len(root) != SIZE:
            raise ValueError(f"the secret has {SIZE} bytes")
        self._root = root

    def key(self, name: str) -> bytes:
        """32 bytes for the purpose `name`; another name tells nothing about them."""
        return derive(self._root, name)

    def password(self, name: str) -> str:
        """A password for the server account `name`, safe inside a URL."""
        return base64.urlsafe_b64encode(self.key(f"password:{name}")).decode().rstrip("=")

    @cached_property
    def session(self) -> bytes:
        """Key of session tokens."""
        return self.key("session")

    @cached_property
    def csrf(self) -> str:
        """Key of the CSRF token, as text for Litestar's configuration."""
        return self.key("csrf").hex()


def load_secret(path: Path) -> Secret:
    """The secret in the key file `path`, which is made when it does not exist; raises SettingError."""
    if not path.exists():
        key_file.create(path)
    return Secret(key_file.read(path).secret)
