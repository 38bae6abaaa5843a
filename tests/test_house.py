"""The house's own measures: rooms with their own names, short files, short functions."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("foundation", "tenants", "policies", "platform", "api", "web", "admin", "server")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def files() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (ROOT / package).rglob("*.py")


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, its docstring and decorators left out."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            documented = ast.get_docstring(node, clean=False) is not None
            first = node.body[min(int(documented), len(node.body) - 1)]
            yield node.name, node.end_lineno - first.lineno + 1


def test_no_file_is_longer_than_400_lines() -> None:
    long = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{file.relative_to(ROOT)}: {name}": lines
        for file in files()
        for name, lines in functions(file)
        if lines > LONGEST_FUNCTION
    }
    assert long == {}


def test_the_shelf_is_no_package_and_no_room_hides_a_standard_module() -> None:
    shelf = ROOT / "platform"
    assert not (shelf / "__init__.py").exists()
    rooms = {folder.name for folder in shelf.iterdir() if (folder / "__init__.py").exists()}
    assert rooms
    assert rooms & sys.stdlib_module_names == set()


def test_the_page_of_moves_says_what_the_table_says() -> None:
    drawn = subprocess.run([sys.executable, "setup/moves.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert drawn.stdout == (ROOT / "docs" / "moves.md").read_text(), "python setup/moves.py > docs/moves.md"


def test_the_drawing_of_the_house_shows_every_package() -> None:
    drawn = subprocess.run([sys.executable, "setup/house.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert drawn.stdout == (ROOT / "docs" / "house.svg").read_text(), "python setup/house.py > docs/house.svg"
