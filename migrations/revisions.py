"""Which revisions this code knows, by the names of their files: the web server asks without loading alembic."""

from functools import cache
from pathlib import Path

VERSIONS = Path(__file__).parent / "versions"


@cache
def known() -> tuple[str, ...]:
    """In order: each file is named as its revision, and each follows the one before."""
    return tuple(sorted(file.stem for file in VERSIONS.glob("[0-9]*.py")))


def serves(present: str | None) -> bool:
    """Whether this code can work with a database at `present`: its own newest revision, or one from after it.

    A release is migrated before its processes are exchanged one by one (docs/deployment.md), so the older ones meet a
    newer schema for a while; every revision leaves them what they use.
    """
    return present is not None and (present == known()[-1] or present not in known())
