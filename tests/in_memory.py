"""Where the tests' servers keep their files: in memory, on a machine that has enough of it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

SHARED = Path("/dev/shm")
ENOUGH = 12 * 2**30
"""Bytes of the whole, which each worker of a run sees alike. A run takes about one GiB of it."""


def servers_folder() -> Path:
    """A copy of a database is two thousand files: most of a second on a disk, a twentieth of one in memory."""
    large = SHARED.is_dir() and shutil.disk_usage(SHARED).total >= ENOUGH
    return SHARED if large else Path(gettempdir())


@contextmanager
def folder_of(name: str) -> Iterator[Path]:
    """For a deployment of a test's own: the servers' user may pass through it, and it is gone at the end."""
    with TemporaryDirectory(prefix=f"tiaojie-{name}-", dir=servers_folder()) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)
