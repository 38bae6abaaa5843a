"""An unexpected error on record: kind and place only. Its text and its local values may be somebody's data."""

import traceback
from pathlib import Path
from typing import Any

import structlog

ROOT = Path(__file__).resolve().parent.parent
FRAMES = 80
"""The innermost; recursion would otherwise fill the log."""

log = structlog.get_logger(__name__)


def record(error: BaseException) -> None:
    """One line; neither values nor variables, which the log's own tracebacks would print."""
    log.error("unexpected_error", **described(error))


def described(error: BaseException) -> dict[str, Any]:
    """Kinds, from the error to its first cause, and the frames as `file:line function`."""
    return {"kind": " < ".join(_kinds(error)), "where": _frames(error)}


def _kinds(error: BaseException) -> list[str]:
    kinds = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        kinds.append(type(link).__name__)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return kinds


def _frames(error: BaseException) -> list[str]:
    walked = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in walked]


def _short(file: str) -> str:
    """Within our own code from its root on; a package from its own folder on."""
    for start in ("site-packages/", f"{ROOT}/"):
        if start in file:
            return file.rpartition(start)[2]
    return file
