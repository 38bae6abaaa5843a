"""`tiaojie terms` as it reports: one line for what the events tell and what the row keeps, and a count."""

from click.testing import CliRunner

from cases.term_history import Difference
from server.commands.terms import command, report
from server.term_proof import Checked, Wrong


def test_a_difference_names_case_and_term_and_both_sides() -> None:
    wrong = Wrong("533401-1-2026-00001", Difference("mediation", "2026-03-02 → 2026-04-01", "2026-03-02 → 2026-04-02"))
    lines = report(Checked(cases=3, untold=1, wrong=[wrong]))
    assert lines[0] == "533401-1-2026-00001 mediation"
    assert "2026-04-01" in lines[1] and "2026-04-02" in lines[1]
    assert "3 cases, 1 differences, 1 without a history" in lines[-1]


def test_nothing_wrong_is_one_line() -> None:
    assert len(report(Checked(cases=2))) == 1


def test_its_parts_are_found_by_name() -> None:
    shown = CliRunner().invoke(command, ["--help"])
    assert shown.exit_code == 0
    assert "check" in shown.output and "reckon" in shown.output
