"""The registry itself: every exit in it, nothing else in it, no text of a case without a field group."""

from litestar import Litestar

from setup.exits import faults
from tests.leaks.canaries import groups, named, text_columns
from tests.leaks.exits import exits
from tests.leaks.ground import Ground
from tests.leaks.registry import rows


def test_every_exit_has_its_leak_test(application: Litestar) -> None:
    assert list(faults(exits(application), rows())) == []


def test_an_exit_without_a_test_a_row_without_an_exit_and_a_lost_test_are_named() -> None:
    known = next(row for row in rows() if row.kind == "detail")
    lost = known.__class__(
        exit="GET /lost", kind="part", needs="", shows="", test="tests/leaks/test_matrix.py::test_gone"
    )
    told = "\n".join(faults({known.exit, "GET /new"}, [known, lost]))
    assert "GET /new: an exit without a leak test" in told
    assert "GET /lost: registered, but no such exit" in told
    assert "test_gone: no such test" in told
    assert f"{known.exit}:" not in told


def test_every_text_of_a_case_stands_in_a_field_group() -> None:
    columns = {named(column) for column in text_columns()}
    assert columns - groups().keys() == set(), "classify them in tests/leaks/groups.csv"
    assert groups().keys() - columns == set(), "no such column any more"


def test_the_case_of_these_tests_holds_something_of_every_group(ground: Ground) -> None:
    planted = {
        group for canary in ground.canaries.values() if canary.case_id == ground.case_id for group in canary.groups
    }
    assert planted >= {
        "identity", "contact", "statement", "opinion", "final", "money", "notes", "sensitive", "timeline", "read",
    }  # fmt: skip
