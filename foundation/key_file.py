"""The key file: the deployment's secret and its root keys, readable by its owner alone.

Its first form, base64 of 32 bytes, is the secret and key 1 in one; the second is JSON, written by `tiaojie keys`. It is
exchanged whole, so a reader finds the old file or the new one; running processes see that it is another one.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, structs

from foundation import mishaps
from foundation.durable import sync_folder
from foundation.keys import SIZE, RootKeys
from foundation.settings import SettingError

VARIABLE = "TIAOJIE_SECRET_FILE"
Stamp = tuple[int, int, int]
"""Inode, time and size: another one means another file."""


class Contents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`secret` makes the passwords of our servers and the keys of sessions; `keys` are the root keys by id."""

    version: Literal[2] = 2
    secret: bytes
    current: int
    keys: dict[int, bytes]


class KeyFile:
    """One file, read again when it has been exchanged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: Stamp | None = None
        self._known: Contents | None = None

    def contents(self) -> Contents:
        """Raises SettingError when it is read for the first time. A file that disappears tells nothing new."""
        stamp = self._stamp()
        if self._known is None:
            self._known, self._seen = read(self.path), stamp
        elif stamp not in (None, self._seen):
            self._known, self._seen = self._read_again(self._known), stamp
        return self._known

    def _read_again(self, known: Contents) -> Contents:
        """A running process goes on with what it knows while a copy is half written; that it did stands in the log."""
        try:
            return read(self.path)
        except (SettingError, OSError) as error:
            mishaps.record(error)
            return known

    def keys(self) -> RootKeys:
        found = self.contents()
        return RootKeys(found.keys, found.current)

    def add(self) -> int:
        """A new root key, which opens but does not seal yet; returns its id, which was never used before."""
        with self._exchanging() as old:
            key = max(old.keys) + 1
            write(self.path, structs.replace(old, keys={**old.keys, key: secrets.token_bytes(SIZE)}))
        return key

    def make_current(self, key: int) -> None:
        with self._exchanging() as old:
            write(self.path, structs.replace(old, current=key))

    def forget(self, key: int) -> None:
        """What it sealed can't be opened any more, ever."""
        with self._exchanging() as old:
            kept = {number: root for number, root in old.keys.items() if number != key}
            write(self.path, structs.replace(old, keys=kept))

    @contextmanager
    def _exchanging(self) -> Iterator[Contents]:
        """Two commands at once take turns; the lock is on the folder, because the file itself is exchanged."""
        try:
            folder = os.open(self.path.parent, os.O_RDONLY)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX)
                yield read(self.path)
            finally:
                os.close(folder)
        except OSError as error:
            raise SettingError(VARIABLE, "无法改写密钥文件", f"can't write the key file ({error.strerror})") from error

    def _stamp(self) -> Stamp | None:
        try:
            seen = os.stat(self.path)
        except OSError:
            return None
        return seen.st_ino, seen.st_mtime_ns, seen.st_size


def read(path: Path) -> Contents:
    """Raises SettingError: readable by others, or of neither form."""
    if path.stat().st_mode & 0o077:
        raise SettingError(VARIABLE, "文件只应本人可读(chmod 600)", "only its owner may read the file (chmod 600)")
    text = path.read_bytes()
    try:
        found = msgspec.json.decode(text, type=Contents) if text.lstrip().startswith(b"{") else _first_form(text)
    except msgspec.DecodeError as error:
        raise _malformed() from error
    roots = [found.secret, *found.keys.values()]
    if found.current not in found.keys or any(len(root) != SIZE for root in roots) or not _ids_fit(found):
        raise _malformed()
    return found


def write(path: Path, contents: Contents) -> None:
    """Whole or not at all, and on the disk before it counts; owner and mode stay, and so does a link to it."""
    path = path.resolve()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    _write_draft(draft, contents)
    present = path.stat()
    os.chown(draft, present.st_uid, present.st_gid)
    draft.replace(path)
    sync_folder(path.parent)


def create(path: Path) -> None:
    """Make the file where there is none; two starts at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    first = secrets.token_bytes(SIZE)
    _write_draft(draft, Contents(secret=secrets.token_bytes(SIZE), current=1, keys={1: first}))
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _write_draft(draft: Path, contents: Contents) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(contents)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def _first_form(text: bytes) -> Contents:
    secret = msgspec.convert(text.strip().decode("ascii", "replace"), bytes)
    return Contents(secret=secret, current=1, keys={1: secret})


def _ids_fit(found: Contents) -> bool:
    """An id takes two bytes of each ciphertext."""
    return all(0 < key < 2**16 for key in found.keys)


def _malformed() -> SettingError:
    zh, en = "内容应为 32 字节随机数的 base64，或 tiaojie keys 写成的密钥文件", "must hold 32 random bytes in base64"
    return SettingError(VARIABLE, zh, f"{en}, or be a key file written by tiaojie keys")
