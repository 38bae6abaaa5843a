"""What a backup says of itself, so that a restore can be held against it."""

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from foundation.audit_faults import Head
from foundation.errors import DomainError
from foundation.language import N_

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
DATABASE, FILES, CHECKPOINTS = "database", "files", "checkpoints"
BLOCK = 2**20


class NoBackup(DomainError):
    code = "no_backup"
    status = 422
    message = N_("该目录不是完整的备份")


class Inventory(Struct, frozen=True):
    """What is in a database. `schema`: of each kind of thing its names with their definitions' digest."""

    revision: str
    counts: dict[str, int]
    sequences: dict[str, int]
    numbers: int
    """The sum of all number series: how many numbers were ever given."""
    heads: dict[int, Head]
    checkpoints: dict[int, str]
    """Of each parent its last checkpoint's root, hex."""
    schema: dict[str, dict[str, str]]


class Manifest(Struct, frozen=True):
    format: int
    version: str
    made_at: str
    owner: str
    """The database role that owned everything."""
    keys: dict[str, str]
    """Of each key in the secret file its id and a value that proves it; the keys themselves are not here."""
    inventory: Inventory
    files: int
    sums: str
    """SHA-256 of the file SHA256SUMS, which has one of every other file."""


def write(folder: Path, manifest: Manifest) -> None:
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")


def read(folder: Path) -> Manifest:
    """Raises NoBackup when the folder has no manifest that we can read."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest, strict=False)
    except (OSError, msgspec.DecodeError) as error:
        raise NoBackup from error


def seal(folder: Path) -> str:
    """Write SHA256SUMS, which `sha256sum -c` understands; returns its own digest."""
    lines = [f"{digest_of(path)}  {path.relative_to(folder)}\n" for path in parts(folder)]
    (folder / SUMS).write_text("".join(lines))
    return digest_of(folder / SUMS)


def broken_parts(folder: Path, manifest: Manifest) -> list[str]:
    """Files that are missing, altered or too many."""
    if not (folder / SUMS).is_file() or digest_of(folder / SUMS) != manifest.sums:
        return [SUMS]
    lines = (folder / SUMS).read_text().splitlines()
    stated = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {str(path.relative_to(folder)): digest_of(path) for path in parts(folder)}
    return sorted(name for name in stated.keys() | found.keys() if stated.get(name) != found.get(name))


def parts(folder: Path) -> list[Path]:
    own = {folder / MANIFEST, folder / SUMS}
    return sorted(path for path in folder.rglob("*") if path.is_file() and path not in own)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
