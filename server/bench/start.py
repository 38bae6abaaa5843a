"""How long `tiaojie run` takes to its address: into an empty folder with its seed, and again after a clean stop."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from server.bench.ground import Options
from server.bench.report import Report, Tally

WARM_STARTS = 3


def measure(_: Options) -> Report:
    with TemporaryDirectory(prefix="tiaojie-bench-") as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "data"
        cold = [seconds_to_ready(folder)]
        warm = [seconds_to_ready(folder) for _ in range(WARM_STARTS)]
    return Tally({"cold": cold, "warm": warm}).report("start")


def seconds_to_ready(folder: Path) -> float:
    began = perf_counter()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TIAOJIE_")}
    environ |= {"TIAOJIE_DATA": str(folder), "TIAOJIE_PORT": str(free_port())}
    with subprocess.Popen(
        [sys.executable, "-m", "server.cli", "run"], env=environ, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = any("ready: http" in line for line in process.stdout)
        taken = perf_counter() - began
        process.terminate()
        process.communicate()
    if not ready:
        raise RuntimeError(f"tiaojie run ended with {process.returncode}")
    return taken


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
