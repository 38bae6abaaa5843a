"""Which test states which obligation: the list of obligations, and the marks on the tests, read from their source.

A test names what it would fail for: `@pytest.mark.obligation("21a", "N10")`. A mark on a module or a class counts too.
"""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("obligations.csv")
MARK = "pytest.mark.obligation"
HELD_BACK = ("mark.skip", "mark.xfail")


class Obligation(Struct, frozen=True):
    """`since`: the issue that brought it into scope, None = not built yet."""

    number: str
    words: str
    since: int | None


class Citation(Struct, frozen=True):
    number: str
    test: str


def obligations() -> list[Obligation]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return [
            Obligation(row["number"], row["words"], int(row["since"]) if row["since"] else None)
            for row in csv.DictReader(file)
        ]


def citations(folder: Path = ROOT / "tests") -> list[Citation]:
    """Every mark on every test, by file and name; a test that is held back cites nothing."""
    files = sorted(folder.rglob("test_*.py"))
    return [one for file in files for one in _in_file(file, str(file.relative_to(folder.parent)))]


def faults(known: list[Obligation], cited: list[Citation]) -> Iterator[str]:
    """One line for each obligation in scope that no test states, and each mark of a number that is none."""
    numbers = {one.number for one in known}
    stated = {one.number for one in cited}
    for one in known:
        if one.since is not None and one.number not in stated:
            yield f"{one.number}: no test states it ({one.words})"
    for citation in cited:
        if citation.number not in numbers:
            yield f"{citation.test}: cites {citation.number}, which is no obligation"


def _in_file(file: Path, name: str) -> Iterator[Citation]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    whole = [number for node in tree.body if _is_pytestmark(node) for number in _numbers(node)]
    for test in _tests(tree):
        if not any(held in ast.unparse(decorator) for held in HELD_BACK for decorator in test.decorator_list):
            own = [number for decorator in test.decorator_list for number in _numbers(decorator)]
            yield from (Citation(number, f"{name}::{test.name}") for number in dict.fromkeys((*whole, *own)))


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node


def _is_pytestmark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
    )


def _numbers(node: ast.AST) -> list[str]:
    """The strings given to the mark, wherever it stands in the node."""
    return [
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == MARK
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
