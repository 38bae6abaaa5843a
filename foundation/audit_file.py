"""The province's checkpoints outside the database: one line of JSON per hour, each with the digest of the line before.

A file per month in one folder. Whoever can rewrite the whole database can't rewrite these: put the folder where its
administrators have no access, or copy it there.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_checkpoints import hour_name
from foundation.audit_faults import Flaw, Mismatch
from foundation.digests import BY_NAME
from foundation.durable import sync_folder


class Filed(Struct, frozen=True):
    """A province's checkpoint, as the database has it."""

    tenant: int
    hour: str
    algorithm: str
    root: str


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """One line. `written` later than its hour: it was added afterwards; `previous`: the line before, by `algorithm`."""

    tenant: int
    hour: str
    algorithm: str
    root: str
    written: str
    previous: str


class Place(Struct, frozen=True):
    """A line with where it stands (`2026-03.jsonl:12`); `line` is None where it can't be read."""

    where: str
    raw: bytes
    line: Line | None


class CheckpointFile:
    """The folder of one deployment. Calls block: not on the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextlib.contextmanager
    def turn(self, *, wait: bool = False) -> Iterator[bool]:
        """Hold the folder for oneself; False when somebody else does and we don't wait."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "turn.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True

    def append(self, checkpoints: Sequence[Filed], written: datetime) -> int:
        """Add those later than the last line, in order; returns how many. On disk when it returns."""
        self._drop_torn_end()
        places = self.read()
        last = max((place.line.hour for place in places if place.line), default="")
        raw = places[-1].raw if places else b""
        added = [filed for filed in checkpoints if filed.hour > last]
        for filed in added:
            previous = BY_NAME[filed.algorithm].of(raw).hex()
            stamp = written.astimezone(UTC).isoformat(timespec="seconds")
            raw = msgspec.json.encode(Line(filed.tenant, filed.hour, filed.algorithm, filed.root, stamp, previous))
            self._write(self.folder / f"{filed.hour[:7]}.jsonl", raw + b"\n")
        return len(added)

    def read(self) -> list[Place]:
        """Every line of every month."""
        return [
            Place(f"{file.name}:{number}", raw, _line(raw))
            for file in self._months()
            for number, raw in enumerate(file.read_bytes().split(b"\n"), 1)
            if raw
        ]

    def _months(self) -> list[Path]:
        return sorted(self.folder.glob("*.jsonl"))

    def _drop_torn_end(self) -> None:
        """A line without its end was never on disk whole: the machine failed while it was written."""
        months = self._months()
        if months and not (content := months[-1].read_bytes()).endswith(b"\n"):
            os.truncate(months[-1], content.rfind(b"\n") + 1)

    def _write(self, file: Path, line: bytes) -> None:
        new = not file.exists()
        with file.open("ab") as opened:
            opened.write(line)
            opened.flush()
            os.fsync(opened.fileno())
        if new:
            sync_folder(self.folder)


def compare(places: Sequence[Place], kept: Mapping[str, Filed]) -> list[Mismatch]:
    """The lines against the checkpoints that the database has, by hour."""
    found: list[Mismatch] = []
    before = b""
    for place in places:
        found += _of_line(place, before, kept)
        before = place.raw
    return found + _not_filed(places, kept)


def _of_line(place: Place, before: bytes, kept: Mapping[str, Filed]) -> list[Mismatch]:
    line = place.line
    if line is None:
        return [Mismatch(None, "", Flaw.LINE_ALTERED, place.where)]
    found = []
    if BY_NAME[line.algorithm].of(before).hex() != line.previous:
        found.append(Mismatch(line.tenant, line.hour, Flaw.LINE_ALTERED, place.where))
    if line.hour not in kept:
        found.append(Mismatch(line.tenant, line.hour, Flaw.MISSING, place.where))
    elif kept[line.hour] != Filed(line.tenant, line.hour, line.algorithm, line.root):
        found.append(Mismatch(line.tenant, line.hour, Flaw.NOT_AS_FILED, place.where))
    return found


def _not_filed(places: Sequence[Place], kept: Mapping[str, Filed]) -> list[Mismatch]:
    """Hours without a line: inside the file each is named, behind its end only the first."""
    hours = {place.line.hour for place in places if place.line}
    last = max(hours, default="")
    absent = [filed for hour, filed in sorted(kept.items()) if hour not in hours]
    inside = [Mismatch(filed.tenant, filed.hour, Flaw.LINE_MISSING) for filed in absent if filed.hour < last]
    behind = [Mismatch(filed.tenant, filed.hour, Flaw.FILE_CUT) for filed in absent if filed.hour > last]
    return inside + behind[:1]


def _line(raw: bytes) -> Line | None:
    try:
        line = msgspec.json.decode(raw, type=Line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return line if line.algorithm in BY_NAME else None


OF_THE_PROVINCE = text("""
select c.tenant_id, c.at, c.algorithm, encode(c.root, 'hex') from audit_checkpoints c
join tenants t on t.id = c.tenant_id and t.parent_id is null order by c.at
""")


async def to_file(session: AsyncSession) -> list[Filed]:
    """What the file must hold, in the province's or the auditor's session."""
    rows = await session.execute(OF_THE_PROVINCE)
    return [Filed(tenant, hour_name(at), algorithm, root) for tenant, at, algorithm, root in rows]
