"""How long `tiaojie run` takes to its address: into an empty folder with its seed, and again after a clean stop."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

FIRST_LIMIT = 90.0
SECOND_LIMIT = 5.0
PORT = "18765"


def seconds_to_ready(data: Path) -> float:
    begun = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "run"],
        env={**os.environ, "TIAOJIE_DATA": str(data), "TIAOJIE_PORT": PORT},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = any("ready" in line for line in process.stdout)
        taken = time.monotonic() - begun
        process.terminate()
        process.communicate()
    if not ready:
        sys.exit(f"tiaojie run ended with {process.returncode}")
    return taken


def main() -> None:
    with TemporaryDirectory(prefix="tiaojie-bench-") as name:
        Path(name).chmod(0o711)
        first, second = (seconds_to_ready(Path(name) / "data") for _ in range(2))
    print(f"first start  {first:5.1f} s (limit {FIRST_LIMIT:.0f} s)")
    print(f"second start {second:5.1f} s (limit {SECOND_LIMIT:.0f} s)")
    sys.exit(0 if first <= FIRST_LIMIT and second < SECOND_LIMIT else 1)


if __name__ == "__main__":
    main()
