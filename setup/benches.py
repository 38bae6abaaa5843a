"""Run the measurements in tests/bench, or say that there are none."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "bench"


def main() -> None:
    """Each bench prints what it measured; one that breaks its limit exits with another code than 0."""
    benches = sorted(FOLDER.glob("bench_*.py"))
    if not benches:
        print("还没有性能测量 / no benches yet")
    for bench in benches:
        print(f"— {bench.stem.removeprefix('bench_')}", flush=True)
        subprocess.run([sys.executable, str(bench)], check=True)


if __name__ == "__main__":
    main()
