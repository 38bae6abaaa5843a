"""index.csv names for each of the nineteen traps (performance.md, last section) the tests that keep us out of it."""

import ast
import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HELD_BACK = ("skip", "skipif", "xfail")


def rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


NAMED = [row["test"] for row in rows()]


def test_each_of_the_nineteen_traps_has_its_tests() -> None:
    assert {int(row["trap"]) for row in rows()} == set(range(1, 20))
    assert len(set(NAMED)) == len(NAMED)


@pytest.mark.parametrize("named", NAMED)
def test_what_is_named_is_there_and_nothing_holds_it_back(named: str) -> None:
    file, _, name = named.partition("::")
    module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    (test,) = [
        one for one in module.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
    ]
    held = [*test.decorator_list, *_marks_of(module)]
    assert not [mark for one in held for mark in HELD_BACK if f"mark.{mark}" in ast.unparse(one)]
    assert not [
        call for call in ast.walk(test) if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.skip"
    ]


def _marks_of(module: ast.Module) -> Iterator[ast.expr]:
    """What is marked for the whole file."""
    for statement in module.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "pytestmark":
            yield statement.value


def test_every_named_test_is_collected(request: pytest.FixtureRequest) -> None:
    """Of the files that this run collects: alone, a part of the suite can say nothing of the others."""
    collected = {item.nodeid.partition("[")[0] for item in request.session.items}
    files = {one.partition("::")[0] for one in collected}
    assert [named for named in NAMED if named.partition("::")[0] in files and named not in collected] == []
