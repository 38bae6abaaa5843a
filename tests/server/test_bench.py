"""`tiaojie bench`: what it prints can be read by a program, and every name measures something."""

from importlib import import_module

import msgspec
import pytest
from click.testing import CliRunner

from server.bench import gate
from server.bench.report import Report, Tally
from server.commands.bench import BENCHES, command


@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_has_its_measurement(name: str) -> None:
    assert callable(import_module(f"server.bench.{BENCHES[name]}").measure)


def test_a_bench_prints_one_line_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "NUMBER", 100)
    printed = CliRunner().invoke(command, ["gate", "--json"])
    assert printed.exit_code == 0, printed.output
    found = msgspec.json.decode(printed.output, type=Report)
    assert (found.name, found.cases) == ("gate", 0)
    assert found.median_ms.keys() == found.p95_ms.keys() >= {"look_up", "relations_and_decision"}


def test_medians_percentiles_and_ratios_are_of_the_rounds() -> None:
    tally = Tally({"ours": [0.002, 0.004, 0.003], "theirs": [0.001, 0.002, 0.003]})
    tally.compare("ours", "theirs")
    found = tally.report("list", 7)
    assert (found.median_ms, found.ratios) == ({"ours": 3.0, "theirs": 2.0}, {"ours/theirs": 1.5})
    assert found.p95_ms == {"ours": 3.9, "theirs": 2.9}


def test_people_get_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "NUMBER", 100)
    printed = CliRunner().invoke(command, ["gate"])
    assert printed.exit_code == 0, printed.output
    assert "look_up" in printed.output and "median ms" in printed.output
