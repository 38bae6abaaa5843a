"""Copy the few front-end files we serve from node_modules to web/static/vendor, each with its licence."""

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "web" / "static" / "vendor"

FILES = (
    "htmx.org/dist/htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css",
    "swagger-ui-dist/swagger-ui.css",
    "swagger-ui-dist/swagger-ui-bundle.js",
)
LICENCES = {
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "swagger-ui.LICENSE.txt": "swagger-ui-dist/LICENSE",
    "swagger-ui.NOTICE.txt": "swagger-ui-dist/NOTICE",
}


def main() -> None:
    """Tabler names its licence (MIT) in the head of its files."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for file in FILES:
        shutil.copy(MODULES / file, VENDOR)
    for name, file in LICENCES.items():
        shutil.copy(MODULES / file, VENDOR / name)


if __name__ == "__main__":
    main()
