"""Run every bench of `tiaojie bench`, each in a process of its own so that none warms another's caches."""

import subprocess
import sys

from server.commands.bench import BENCHES


def main() -> None:
    """Arguments go to each: `setup/benches.py --cases 1000000 --json`. A failure does not stop the others."""
    ended = [subprocess.run([sys.executable, "-m", "server.cli", "bench", name, *sys.argv[1:]]) for name in BENCHES]
    sys.exit(any(one.returncode for one in ended))


if __name__ == "__main__":
    main()
