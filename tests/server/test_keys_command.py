"""`tiaojie keys` at the command line: from the first key to the second, and what it refuses on the way."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from foundation.cipher import Sealed
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints
from foundation.idempotency import IdempotencyKey
from foundation.key_file import KeyFile
from foundation.settings import load_settings
from foundation.store import Store
from server.commands import keys
from server.parts import use_field_keys


@pytest.fixture
def deployment(fresh_database: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty database and a key file, as the commands find them in the environment."""

    @contextmanager
    def running(*_: object) -> Iterator[Endpoints]:
        yield fresh_database

    monkeypatch.setattr(keys, "deployed", running)
    monkeypatch.setenv("TIAOJIE_DATA", str(tmp_path))
    before = Sealed.keyring
    yield tmp_path / "secret"
    Sealed.keyring = before


def tiaojie(*words: str) -> Result:
    return CliRunner().invoke(keys.command, words)


def seal_something(endpoints: Endpoints) -> None:
    """One row with a sealed column, as the application would write it now."""
    use_field_keys(load_settings({"TIAOJIE_DATA": os.environ["TIAOJIE_DATA"]}))

    async def write() -> None:
        store = Store(endpoints.owner, SystemClock(), pool_size=1)
        async with store.anonymous() as session:
            session.add(
                IdempotencyKey(
                    person_id=UUID(int=1), key="k", route="r", request_hash=b"", body="一个姓名",
                    created_at=datetime(2026, 3, 2, tzinfo=UTC),
                )
            )  # fmt: skip
        await store.close()

    asyncio.run(write())


def test_from_the_first_key_to_the_second(deployment: Path, fresh_database: Endpoints) -> None:
    assert tiaojie("list").output == "1\t现用 present\t0\n"
    seal_something(fresh_database)
    assert "key 2 was added" in tiaojie("add").output
    assert KeyFile(deployment).keys().current == 1
    listed = tiaojie("list").output.splitlines()
    assert listed == ["1\t现用 present\tinternational: 1 值 values", "2\t可解密 opens\t0"]
    assert "key 2 (international): 1 sealed anew" in tiaojie("rotate").output
    assert KeyFile(deployment).keys().current == 2
    assert "key 1 was forgotten" in tiaojie("retire", "1").output
    assert tiaojie("list").output == "2\t现用 present\tinternational: 1 值 values\n"


def test_a_key_that_is_needed_is_not_retired(deployment: Path, fresh_database: Endpoints) -> None:
    seal_something(fresh_database)
    file = KeyFile(deployment)
    file.make_current(file.add())
    refused = tiaojie("retire", "1")
    assert refused.exit_code == 1 and "idempotency_keys 1" in refused.output
    assert 1 in KeyFile(deployment).keys().roots


@pytest.mark.parametrize("key", ["1", "2", "9"])
def test_neither_the_present_key_nor_a_newer_nor_an_unknown_one_is_retired(deployment: Path, key: str) -> None:
    tiaojie("list")
    KeyFile(deployment).add()
    assert tiaojie("retire", key).exit_code == 2
    assert sorted(KeyFile(deployment).keys().roots) == [1, 2]


def test_the_other_suite_is_reached_by_the_setting(
    deployment: Path, fresh_database: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiaojie("list")
    seal_something(fresh_database)
    monkeypatch.setenv("TIAOJIE_CRYPTOGRAPHY", "national")
    try:
        assert "1 sealed anew" in tiaojie("rotate").output
        assert tiaojie("list").output == "1\t现用 present\tnational: 1 值 values\n"
    finally:
        monkeypatch.delenv("TIAOJIE_CRYPTOGRAPHY")
        assert "1 sealed anew" in tiaojie("rotate").output
