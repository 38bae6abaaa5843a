"""No committed file names a package registry, a mirror or a place on the builder's machine (decision 27)."""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = re.compile(
    r"pythonh[o]sted|p[y]pi\.org|registry\.n[p]m|n[p]mmirror|/s[i]mple/|artif[a]ctory|m[i]rrors?\.\w+\.(com|cn|edu)"
    r"|d[e]b\.debian|--(extra-)?ind[e]x-url|--find-l[i]nks|\"res[o]lved\":|/opt/p[y]pi|/w[o]rk/(main|shared)"
)
"""Each pattern has a bracket, so that this file does not name what it forbids."""


def committed_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout
    return [Path(name) for name in listed.split("\0") if name and Path(name).is_file()]


def main() -> None:
    found = []
    for file in committed_files():
        text = file.read_bytes().decode(errors="ignore")
        found += [f"{file}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    print("\n".join(found) if found else "hosts: none named")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
