"""Where the embedded servers keep their files and sockets."""

import hashlib
import os
import tempfile
from pathlib import Path

from msgspec import Struct

LONGEST_SOCKET_PATH = 100
"""The kernel takes 107 bytes, the file's own name included."""


class Folders(Struct, frozen=True):
    """The data folder and what lies in it."""

    data: Path

    @property
    def postgres(self) -> Path:
        return self.data / "postgres" / "cluster"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def sockets(self) -> Path:
        """Inside the data folder, or, where that path is too long for a socket, a private one of a short name."""
        near = self.data / "run"
        if len(os.fsencode(near / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET_PATH:
            return near
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        base = "/run" if os.geteuid() == 0 else tempfile.gettempdir()
        return Path(base) / f"tiaojie-{name}"


def prepare(folders: Folders) -> None:
    """Make the data folder: readable by us alone, though the servers' user may pass through it."""
    folders.data.mkdir(parents=True, exist_ok=True)
    folders.data.chmod(0o711 if os.geteuid() == 0 else 0o700)
