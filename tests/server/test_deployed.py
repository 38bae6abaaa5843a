"""An operator's command in a wrong place says so and makes nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest
from click import Command
from click.testing import CliRunner

from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.settings import SettingError, load_settings
from server import deployed
from server.commands import accounts, audit, backup, keys

SOMEBODY_ELSES = {"TIAOJIE_DATABASE_URL": "postgresql://u:p@host/db", "TIAOJIE_REDIS_URL": "redis://host/0"}
ELSEWHERE = [
    (backup.command, ["kept"]),
    (keys.command, ["add"]),
    (keys.command, ["rotate"]),
    (keys.command, ["retire", "1"]),
    (audit.command, ["verify"]),
    (accounts.command, ["offices", "香格里拉"]),
]


@pytest.mark.parametrize(("command", "words"), ELSEWHERE)
def test_in_a_folder_without_a_database_nothing_is_made(
    command: Command, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("TIAOJIE_DATABASE_URL", "TIAOJIE_REDIS_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(command, words, env={"TIAOJIE_DATA": f"{tmp_path}/mistyped"})
    assert isinstance(result.exception, SettingError)
    assert str(result.exception).startswith("TIAOJIE_DATA: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("statement", "older", "said"),
    [
        ("drop table alembic_version", True, "恢复未完成"),
        ("delete from alembic_version", True, "恢复未完成"),
        ("update alembic_version set version_num = '0012_sign_in'", False, "tiaojie migrate"),
    ],
)
def test_a_database_without_our_schema_is_named(
    statement: str, older: bool, said: str, fresh_database: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def running(*_: object) -> Iterator[Endpoints]:
        yield fresh_database

    monkeypatch.setattr(deployed, "servers", running)
    asyncio.run(execute(fresh_database, statement))
    settings = load_settings(SOMEBODY_ELSES)
    refused = pytest.raises(SettingError, match=f"TIAOJIE_DATABASE_URL: .*{said}")
    with refused, deployed.deployed(settings, print, older=older):
        raise AssertionError("nobody works with such a database")


async def execute(endpoints: Endpoints, statement: str) -> None:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    await connection.execute(statement)
    await connection.close()
