"""`tiaojie policy` at the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from policies import rules
from server.commands.policy import command


def test_check_counts_rules_and_cells() -> None:
    result = CliRunner().invoke(command, ["check"])
    assert result.exit_code == 0
    assert f"rules {len(rules.load().rules)}" in result.output


def test_check_fails_with_the_broken_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "rules.csv"
    broken.write_text(
        rules.FILE.read_text(encoding="utf-8").replace("window_clerk", "window_cleark", 1), encoding="utf-8"
    )
    monkeypatch.setattr("server.commands.policy.load", lambda: rules.load(broken))
    result = CliRunner().invoke(command, ["check"])
    assert result.exit_code == 1
    assert "line 3: nobody knows window_cleark in roles" in result.output


def test_explain_refuses_an_action_that_nobody_knows() -> None:
    result = CliRunner().invoke(command, ["explain", "somebody", "1", "case:see"])
    assert result.exit_code == 2
    assert "case:see" in result.output


def test_explain_takes_an_action_as_the_rules_write_it() -> None:
    """Its help gives `case:accept` as the example."""
    known = next(one for one in command.commands["explain"].params if one.name == "action").type
    assert known.convert("case:accept", None, None) == "case:accept"


@pytest.mark.parametrize("content", ["", "no,roles\n", rules.FILE.read_text(encoding="utf-8").replace("*", "X")])
def test_publish_refuses_broken_rules_before_anything_is_started(tmp_path: Path, content: str) -> None:
    file = tmp_path / "rules.csv"
    file.write_text(content, encoding="utf-8")
    result = CliRunner(env={"TIAOJIE_DATA": str(tmp_path / "data")}).invoke(command, ["publish", str(file)])
    assert result.exit_code == 1
    assert "were not published: " in result.output
    assert not (tmp_path / "data").exists()


def test_publish_refuses_rules_that_would_lock_everybody_out(tmp_path: Path) -> None:
    file = tmp_path / "rules.csv"
    lines = rules.FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("62b,")), encoding="utf-8")
    result = CliRunner(env={"TIAOJIE_DATA": str(tmp_path / "data")}).invoke(command, ["publish", str(file)])
    assert result.exit_code == 1
    assert "security administrators keep the rights" in result.output and "省级安全管理员必须保有" in result.output
    assert not (tmp_path / "data").exists()
