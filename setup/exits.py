"""Every exit of the application has a leak test, and every registered test is there (tests/leaks/exits.csv)."""

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from foundation.clock import SystemClock
from foundation.endpoints import endpoints
from foundation.settings import load_settings
from server.app import build_app
from server.catalogue import catalogue
from server.parts import make_parts
from tests.leaks.exits import exits
from tests.leaks.registry import Row, rows

ROOT = Path(__file__).resolve().parent.parent
HELD_BACK = ("mark.skip", "mark.xfail")


def main() -> None:
    found = list(faults(_exits_of_the_application(), rows()))
    print("\n".join(found) if found else f"exits: {len(rows())} registered, each with its leak test")
    sys.exit(1 if found else 0)


def faults(existing: set[str], registered: Iterable[Row]) -> Iterator[str]:
    """One line for each exit without a row, each row without an exit, each test that is gone or held back."""
    named = {row.exit for row in registered}
    for exit in sorted(existing - named):
        yield f"{exit}: an exit without a leak test; add its row to tests/leaks/exits.csv"
    for exit in sorted(named - existing):
        yield f"{exit}: registered, but no such exit"
    for test in sorted({row.test for row in registered}):
        if why := _missing(test):
            yield f"{test}: {why}"


def _missing(test: str) -> str | None:
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file():
        return "no such file"
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for one in module.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name:
            held = [mark for decorator in one.decorator_list for mark in HELD_BACK if mark in ast.unparse(decorator)]
            return f"is held back by {held[0]}" if held else None
    return "no such test"


def _exits_of_the_application() -> set[str]:
    """Built as it is served, over servers that nobody asks."""
    with TemporaryDirectory(prefix="tiaojie-exits-") as folder:
        settings = load_settings({"TIAOJIE_DATA": folder})
        return exits(build_app(make_parts(settings, endpoints(settings), SystemClock()), catalogue()))


if __name__ == "__main__":
    main()
