"""The commands on tree, people and audit: what they print and with which code they end."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from foundation.endpoints import Endpoints
from organisation.divisions import DIVISIONS
from server import plan_commands
from server.commands import accounts, audit, tenants

JUSTICE_BUREAU = re.compile(r"^(\d+)\t香格里拉市司法局\t迪庆藏族自治州$", re.MULTILINE)


@pytest.fixture(autouse=True)
def on_the_tree(monkeypatch: pytest.MonkeyPatch, tree_database: Endpoints) -> None:
    """The commands find this folder's database instead of the deployment's."""

    @contextmanager
    def servers(*_: object) -> Iterator[Endpoints]:
        yield tree_database

    monkeypatch.setattr(tenants, "servers", servers)
    for module in (accounts, audit, plan_commands):
        monkeypatch.setattr(module, "deployed", servers)


def tenants_import(*arguments: str) -> Result:
    return CliRunner().invoke(tenants.command, ["import", *arguments])


def test_the_present_tree_imported_again_is_no_change() -> None:
    result = tenants_import(str(DIVISIONS))
    assert (result.exit_code, result.output.strip()) == (0, "无变化 / no change")


def test_a_dry_run_tells_each_change_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "tree.csv"
    file.write_text(DIVISIONS.read_text(encoding="utf-8").replace("建塘镇", "建塘街道"), encoding="utf-8")
    for _ in range(2):
        result = tenants_import(str(file), "--dry-run")
        assert "第 1546 行\t更名\t533401100\t建塘街道（建塘镇（镇） → 建塘街道（镇））" in result.output
        assert result.output.endswith("试运行，未写入 / dry run: 更名 1\n")


def test_a_broken_file_ends_with_code_one_and_names_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "tree.csv"
    file.write_text(DIVISIONS.read_text(encoding="utf-8").replace("township", "village", 1), encoding="utf-8")
    result = tenants_import(str(file))
    assert result.exit_code == 1
    assert re.search(r"^tree\.csv:\d+: 层级不认识：village / ", result.output, re.MULTILINE)


def test_an_account_is_made_with_a_link_and_a_second_of_its_name_is_refused() -> None:
    runner = CliRunner()
    found = JUSTICE_BUREAU.search(runner.invoke(accounts.command, ["offices", "香格里拉", "司法局"]).output)
    assert found is not None
    making = ["create", "chen.admin", "--name", "陈明", "--office", found[1], "--role", "sysadmin"]
    made = runner.invoke(accounts.command, making)
    assert (made.exit_code, bool(re.search(r"/invitations/[\w-]{43}\n$", made.output))) == (0, True)
    again = runner.invoke(accounts.command, making)
    assert again.exit_code == 1 and "这个登录名已有人用" in again.output
    assert runner.invoke(accounts.command, ["disable", "chen.admin"]).exit_code == 0
    assert runner.invoke(accounts.command, ["disable", "nobody.here"]).exit_code == 1


def test_a_malformed_login_is_refused_at_its_field() -> None:
    making = ["create", "陈明", "--name", "陈明", "--office", "10001", "--role", "sysadmin"]
    result = CliRunner().invoke(accounts.command, making)
    assert result.exit_code == 1 and "  login: 格式不对" in result.output


def test_the_audit_of_the_tree_holds_and_its_heads_can_be_kept(tmp_path: Path) -> None:
    runner = CliRunner()
    kept = tmp_path / "heads.json"
    kept.write_text(runner.invoke(audit.command, ["heads"]).output, encoding="utf-8")
    result = runner.invoke(audit.command, ["verify", "--heads", str(kept)])
    assert result.exit_code == 0 and "完整 / intact" in result.output
    kept.write_text(re.sub(r'"hash": "\w', '"hash": "x', kept.read_text(encoding="utf-8")), encoding="utf-8")
    assert runner.invoke(audit.command, ["verify", "--heads", str(kept)]).exit_code == 1


def test_no_office_of_that_name_is_said_and_ends_with_1() -> None:
    result = CliRunner().invoke(accounts.command, ["offices", "无此机构"])
    assert (result.exit_code, result.output) == (1, "没有找到 / not found\n")


def test_a_number_that_no_office_can_have_is_a_wrong_option() -> None:
    words = ["create", "x.y", "--name", "陈", "--role", "sysadmin", "--office", "99999999999999"]
    result = CliRunner().invoke(accounts.command, words)
    assert result.exit_code == 2
    assert "--office" in result.output


def test_a_plan_is_drafted_from_a_file_listed_and_shown_and_waits_for_two_persons(tmp_path: Path) -> None:
    def plan(*arguments: str) -> Result:
        return CliRunner().invoke(tenants.command, ["plan", *arguments])

    office = JUSTICE_BUREAU.search(CliRunner().invoke(accounts.command, ["offices", "香格里拉", "司法局"]).output)
    assert office is not None
    words = ["create", "li.admin", "--name", "李明", "--office", office[1], "--role", "sysadmin"]
    assert CliRunner().invoke(accounts.command, words).exit_code == 0
    by = ("--by", "li.admin")
    file = tmp_path / "changes.csv"
    head = "effective_on,ground,operation,code,name,kind,parent_code\n"
    file.write_text(head + "2099-01-01,云政复〔2098〕1号,move,533401999,,,533422\n", encoding="utf-8")
    assert plan("draft", str(file)).exit_code == 2
    nobody = plan("draft", str(file), "--by", "chen.nobody")
    assert nobody.exit_code == 1 and "  by: 没有这个登录名" in nobody.output
    refused = plan("draft", str(file), *by)
    assert refused.exit_code == 1 and "  2: code: 组织树中没有这个代码：533401999 / " in refused.output
    lines = ("move,533401101,,,533422", "fly,533401102,,,533422", "move,533401999,,,533422", "rename,533401103,,,")
    file.write_text(head + "".join(f"2099-01-01,云政复〔2098〕1号,{line}\n" for line in lines), encoding="utf-8")
    refused = plan("draft", str(file), *by)
    assert refused.exit_code == 1 and "  3: operation: " in refused.output
    file.write_text(file.read_text(encoding="utf-8").replace("fly,", "move,"), encoding="utf-8")
    refused = plan("draft", str(file), *by)
    assert refused.exit_code == 1 and "  4: code: " in refused.output and "  5: name: " in refused.output
    assert "  2: " not in refused.output and "  3: " not in refused.output
    file.write_text(head + "2099-01-01,一,move,1,,,5,多,出\n", encoding="utf-8")
    assert "  2: 这一行的列数多于首行 / " in plan("draft", str(file), *by).output
    file.write_text(head + "2099-01-01,云政复〔2098〕1号,move,533401101,,,533422\n", encoding="utf-8")
    made = plan("draft", str(file), *by)
    number = made.output.strip()
    assert (made.exit_code, len(number)) == (0, 36), made.output
    assert f"{number}\t待批准 / " in plan("list").output
    shown = plan("show", number).output
    assert "2099-01-01\t云政复〔2098〕1号\t0 件" in shown and "1\t改隶 / " in shown and "533401101 533422" in shown
    assert plan("show", "00000000-0000-0000-0000-000000000000").exit_code == 1
    ran = plan("run")
    assert (ran.exit_code, ran.output.strip().splitlines()[-1][:6]) == (0, "随迁案件 0"), ran.output
