"""The pictures of the guides, taken by the browser tests of the real pages: `make screenshots`."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "screenshots"
TALLEST = 1000
"""Pixels: a picture in a guide shows the top of a long page."""

SHOTS = {
    "sign-in-second-factor": "second-factor",
    "row-01-case": "case",
    "row-03-preview": "handover",
    "row-08-team-formed": "team",
    "row-16-money": "money",
    "row-18-the-province": "province",
    "row-18-the-petitioner-on-a-phone": "petitioner",
    "english-case": "english",
    "office-form": "office",
}
"""Shot of a browser test -> its name in docs/screenshots."""


def main() -> None:
    with TemporaryDirectory() as folder:
        tests = [sys.executable, "-m", "pytest", "-q", "-n2", "--dist", "worksteal", "tests/browser", "tests/admin"]
        subprocess.run(tests, cwd=ROOT, env={**os.environ, "TIAOJIE_SCREENSHOTS": folder}, check=True)
        PICTURES.mkdir(parents=True, exist_ok=True)
        for shot, name in SHOTS.items():
            keep(Path(folder) / f"{shot}.png", PICTURES / f"{name}.png")


def keep(shot: Path, picture: Path) -> None:
    """Cut to TALLEST and to 128 colours: a page has few, and a guide loads fast."""
    with Image.open(shot) as whole:
        top = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, TALLEST)))
        top.quantize(128).save(picture, optimize=True)
    print(picture.relative_to(ROOT), f"{picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
