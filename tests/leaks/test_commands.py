"""The command line: who sits at the server sees counts, names of staff, rules and keys, and no word of a case."""

import ast
from collections.abc import Iterator
from pathlib import Path

import server.commands
from tests.leaks.registry import watched_by

FOLDER = Path(server.commands.__file__).parent
WORDS_OF_CASES = frozenset(
    {
        "cases.parties", "cases.papers", "cases.reading", "cases.notes", "cases.timeline", "cases.issue",
        "cases.petitioner", "dossiers.reads", "dossiers.print_view", "dossiers.evidence", "funding.reads",
        "teams.reads", "handover.reading", "oversight.orders", "oversight.warned", "foundation.files",
    }
)  # fmt: skip
"""Where what people said and wrote is read."""


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names)


def test_no_command_prints_the_words_of_a_case() -> None:
    """A static check: no command reads where words are kept; the seed writes its invented ones and shows none."""
    seen = 0
    for file in (*FOLDER.glob("*.py"), FOLDER.parent / "plan_commands.py"):
        names = set(imported(ast.parse(file.read_text(encoding="utf-8"))))
        assert not names & WORDS_OF_CASES, (file.name, names & WORDS_OF_CASES)
        seen += 1
    assert seen > 10
    known = {file.stem.replace("_", "-") for file in FOLDER.glob("*.py")}
    assert {row.path.split()[0] for row in watched_by("test_no_command_prints_the_words_of_a_case")} <= known
