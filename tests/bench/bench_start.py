"""How long the embedded servers take: a new cluster, a second start after a clean stop."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from foundation.servers import servers
from foundation.settings import load_settings


def seconds_to_start(folder: Path) -> float:
    begun = time.monotonic()
    with servers(load_settings({"TIAOJIE_DATA": str(folder / "data")}), lambda _: None):
        return time.monotonic() - begun


def main() -> None:
    with TemporaryDirectory(prefix="tiaojie-bench-") as name:
        Path(name).chmod(0o711)
        print(f"first start  {seconds_to_start(Path(name)):.2f} s")
        print(f"second start {seconds_to_start(Path(name)):.2f} s")


if __name__ == "__main__":
    main()
