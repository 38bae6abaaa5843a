"""A server that goes away under a command is one line of it; a defect keeps its traceback."""

from collections.abc import Callable

import asyncpg
import pytest
from redis.exceptions import ConnectionError as CacheLost
from sqlalchemy.exc import DBAPIError

from server import cli


def raising(error: Exception) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.fixture(autouse=True)
def _signals_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "stop_on_signals", lambda: None)


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "database"),
        (DBAPIError("create table fees (…)", None, asyncpg.ConnectionDoesNotExistError("closed")), "database"),
        (CacheLost("unix:secret"), "cache"),
    ],
)
def test_a_lost_server_is_one_line_and_code_1(
    error: Exception, part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "tiaojie", raising(error))
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.count("\n") == 1 and f"the {part} was lost" in said
    assert "secret" not in said and "fees" not in said


def test_a_defect_is_not_taken_for_a_lost_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "tiaojie", raising(FileNotFoundError("somebody's file")))
    with pytest.raises(FileNotFoundError):
        cli.main()
