"""`tiaojie backup` and `tiaojie restore` at the command line, from one data folder to another."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result

from foundation.servers import servers
from foundation.settings import load_settings
from migrations.run import upgrade
from server.commands.backup import command as backup
from server.commands.restore import command as restore
from tests.in_memory import folder_of


@pytest.fixture
def place() -> Iterator[Path]:
    with folder_of("commands") as folder:
        yield folder


@pytest.fixture(autouse=True)
def no_other_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TIAOJIE_DATABASE_URL", "TIAOJIE_REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)


def call(command: Command, data: Path, folder: Path) -> Result:
    return CliRunner().invoke(command, [str(folder)], env={"TIAOJIE_DATA": str(data)})


def test_a_deployment_moves_to_another_folder_and_every_check_is_told(place: Path) -> None:
    with servers(load_settings({"TIAOJIE_DATA": f"{place}/old"}), print, durable=False) as endpoints:
        upgrade(endpoints.owner)
        made = call(backup, place / "old", place / "kept")
        again = call(backup, place / "old", place / "kept")
    assert made.exit_code == 0, made.output
    assert "密钥文件不在备份中" in made.output
    assert again.exit_code == 2
    without = call(restore, place / "new", place / "kept")
    assert without.exit_code != 0
    assert "TIAOJIE_SECRET_FILE" in str(without.exception)
    (place / "new").mkdir(exist_ok=True)
    shutil.copy(place / "old" / "secret", place / "new" / "secret")
    done = call(restore, place / "new", place / "kept")
    assert done.exit_code == 0, done.output
    assert done.output.count("✓") == 16
    assert "已恢复并核对 / restored and verified" in done.output
    refused = call(restore, place / "new", place / "kept")
    assert refused.exit_code == 1
    assert "只能恢复到空的数据库" in refused.output


def test_a_folder_that_is_no_backup_is_refused_in_both_languages(place: Path) -> None:
    (place / "kept").mkdir()
    refused = call(restore, place / "new", place / "kept")
    assert refused.exit_code == 1
    assert "该目录不是完整的备份 / this folder is no complete backup" in refused.output
    assert not (place / "new").exists()
