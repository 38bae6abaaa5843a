"""The job of the audit's checkpoints: once an hour, by a named system subject, into the file too."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foundation.audit_checkpoints import keep_hour
from foundation.audit_file import CheckpointFile
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.settings import SettingError
from foundation.store import Store
from server.audit_proof import Proof, prove
from server.checkpointing import keep_checkpoints
from tests.foundation import chains


@pytest.fixture
async def store(fresh_database: Endpoints) -> AsyncIterator[Store]:
    await chains.plant(fresh_database)
    opened = Store(fresh_database.app, FrozenClock(chains.FOUR), pool_size=2)
    await chains.act(opened, chains.TOWNSHIP, times=3)
    yield opened
    await opened.close()


def clock(store: Store) -> FrozenClock:
    assert isinstance(store.clock, FrozenClock)
    return store.clock


async def proof(endpoints: Endpoints, folder: Path) -> Proof:
    auditor = Store(endpoints.auditor, FrozenClock(chains.FOUR), pool_size=1)
    try:
        async with auditor.anonymous() as session:
            return await prove(session, folder, None, None)
    finally:
        await auditor.close()


async def test_one_run_an_hour_makes_checkpoints_and_a_line(
    store: Store, fresh_database: Endpoints, tmp_path: Path
) -> None:
    assert [await keep_checkpoints(store, tmp_path) for _ in range(2)] == [3, 0]
    clock(store).advance(hours=1)
    assert await keep_checkpoints(store, tmp_path) == 1  # nothing happened: the province's sign of life
    found = await proof(fresh_database, tmp_path)
    assert (found.sound, found.lines, found.unwitnessed, found.late) == (True, 2, 0, [])


async def test_a_line_that_could_not_be_written_is_added_by_the_next_run_and_shown_as_late(
    store: Store, fresh_database: Endpoints, tmp_path: Path
) -> None:
    async with store.scoped(chains.SYSTEM) as session:
        await keep_hour(session)
    assert not (await proof(fresh_database, tmp_path)).sound
    clock(store).advance(hours=2)
    await keep_checkpoints(store, tmp_path)
    found = await proof(fresh_database, tmp_path)
    assert (found.sound, found.lines, found.late) == (True, 2, ["2026-03.jsonl:1"])


async def test_while_the_folder_is_held_the_run_does_nothing(store: Store, tmp_path: Path) -> None:
    with CheckpointFile(tmp_path).turn():
        assert await keep_checkpoints(store, tmp_path) == 0
    assert await keep_checkpoints(store, tmp_path) == 3


async def test_a_tree_without_a_province_has_none_yet(fresh_database: Endpoints, tmp_path: Path) -> None:
    empty = Store(fresh_database.app, FrozenClock(chains.FOUR), pool_size=1)
    assert await keep_checkpoints(empty, tmp_path) == 0
    await empty.close()
    assert os.listdir(tmp_path) == []


async def test_a_database_rewritten_with_all_its_checkpoints_shows_against_the_file(
    store: Store, fresh_database: Endpoints, tmp_path: Path
) -> None:
    await keep_checkpoints(store, tmp_path)
    async with chains.attacker(fresh_database) as session:
        await chains.forge_everything(session)
        await session.commit()
    found = await proof(fresh_database, tmp_path)
    assert found.verdict.sound
    assert [(wrong.tenant_id, wrong.flaw.value, wrong.line) for wrong in found.file] == [
        (chains.PROVINCE, "not_as_filed", "2026-03.jsonl:1")
    ]


async def test_a_folder_that_is_none_is_a_wrong_setting_for_a_proof_and_a_failed_run_for_the_job(
    store: Store, fresh_database: Endpoints, tmp_path: Path
) -> None:
    folder = tmp_path / "file"
    folder.touch()
    with pytest.raises(SettingError, match="TIAOJIE_CHECKPOINTS"):
        await proof(fresh_database, folder)
    with pytest.raises(OSError):
        await keep_checkpoints(store, folder)
