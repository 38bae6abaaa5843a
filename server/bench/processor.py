"""Processor time of what serves: the web processes and PostgreSQL with all its backends."""

import os
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PARENT, USER, SYSTEM = 1, 11, 12
"""Fields of /proc/<pid>/stat, counted from the one after the name."""


def spent(pids: Iterable[int]) -> float:
    """Seconds that these have taken so far."""
    return sum(_seconds(fields) for pid in pids if (fields := _stat(pid)))


def spent_with_children(parent: int) -> float:
    """The same of a process and those that it started and that still run."""
    everyone = [fields for name in os.listdir("/proc") if name.isdigit() and (fields := _stat(int(name)))]
    return spent([parent]) + sum(_seconds(fields) for fields in everyone if int(fields[PARENT]) == parent)


def _seconds(fields: list[str]) -> float:
    return (int(fields[USER]) + int(fields[SYSTEM])) / TICKS


def _stat(pid: int) -> list[str]:
    """Empty where the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
