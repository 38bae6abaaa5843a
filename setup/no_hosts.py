"""No committed file names a package registry, a mirror or a place on the builder's machine (decision 27)."""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = re.compile(
    r"files\.pythonhosted|pypi\.org/simple|registry\.npm|npmmirror|/simple/|artifactory|mirrors?\.\w+\.(com|cn|edu)"
    r"|--(extra-)?index-url|--find-links|\"resolved\":|/opt/pypi|/work/(main|shared)"
)


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and Path(name).is_file()]


def main() -> None:
    found = []
    for file in committed_files():
        if file == Path("setup/no_hosts.py"):
            continue
        text = file.read_bytes().decode(errors="ignore")
        found += [f"{file}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    print("\n".join(found) if found else "hosts: none named")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
