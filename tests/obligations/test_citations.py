"""No obligation in scope stays without a test, and the scope only grows."""

from pathlib import Path

import pytest

from tests.obligations.citations import Citation, Obligation, citations, faults, obligations

BUILT = {*(str(number) for number in range(1, 36)), *(f"N{number}" for number in (1, 2, *range(4, 13)))}
LETTERED = {"1a", "5a", "12a", "15a", "18a", "21a", "22a", "22b", "23a", "24a", "25a", "26a", "26b", "31a", "31b"}
SENTENCES_OF_N3 = {"N3a", "N3b", "N3c", "N3d"}


def test_the_scope_never_shrinks() -> None:
    in_scope = {one.number for one in obligations() if one.since is not None}
    assert in_scope >= BUILT | LETTERED | SENTENCES_OF_N3


def test_every_obligation_in_scope_has_a_test() -> None:
    assert list(faults(obligations(), citations())) == []


def test_an_obligation_in_scope_without_a_test_is_a_fault_and_one_out_of_scope_is_not() -> None:
    known = [Obligation("1", "", 5), Obligation("2", "", 5), Obligation("36", "", None)]
    assert list(faults(known, [Citation("1", "a")])) == ["2: no test states it ()"]


def test_a_mark_of_an_unknown_number_is_a_fault() -> None:
    assert list(faults([], [Citation("99", "a")])) == ["a: cites 99, which is no obligation"]


@pytest.mark.parametrize("held", ["@pytest.mark.skip(reason='later')", "@pytest.mark.xfail"])
def test_a_test_that_is_held_back_states_nothing(tmp_path: Path, held: str) -> None:
    tests = (
        '@pytest.mark.obligation("1")\ndef test_a(): ...',
        f'{held}\n@pytest.mark.obligation("2")\ndef test_b(): ...',
    )
    (tmp_path / "test_one.py").write_text("\n\n\n".join(tests), encoding="utf-8")
    assert [one.number for one in citations(tmp_path)] == ["1"]
