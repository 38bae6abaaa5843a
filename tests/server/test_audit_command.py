"""`tiaojie audit` at the command line."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from foundation.audit_file import CheckpointFile
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.servers import servers
from foundation.settings import load_settings
from foundation.store import Store
from migrations.run import upgrade
from server.checkpointing import keep_checkpoints
from server.commands.audit import command
from tests.foundation import chains
from tests.in_memory import folder_of

SERVERS = ("TIAOJIE_DATABASE_URL", "TIAOJIE_REDIS_URL")


@pytest.mark.parametrize("content", [b"root:x:0:0", b"\xff\xfe", b"[]", b""])
def test_what_is_not_a_file_of_heads_is_a_wrong_option_not_a_crash(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "heads.json"
    file.write_bytes(content)
    result = CliRunner().invoke(command, ["verify", "--heads", str(file)])
    assert result.exit_code == 2
    assert "--heads" in result.output


@pytest.fixture(scope="module")
def deployment() -> Iterator[tuple[Path, Endpoints]]:
    """A data folder whose database has the small tree's history, and its checkpoints' file."""
    with folder_of("audit") as place:
        settings = load_settings({"TIAOJIE_DATA": f"{place}/data"})
        with servers(settings, print, durable=False) as endpoints:
            upgrade(endpoints.owner)
            chains.history(endpoints)
            asyncio.run(file_checkpoints(endpoints, settings.checkpoints))
            yield settings.data, endpoints


async def file_checkpoints(endpoints: Endpoints, folder: Path) -> None:
    store = Store(endpoints.app, FrozenClock(chains.FOUR), pool_size=1)
    await keep_checkpoints(store, folder)
    await store.close()


class Verify:
    def __call__(self, *options: str) -> Result:
        return CliRunner().invoke(command, ["verify", *options])


@pytest.fixture
def verify(deployment: tuple[Path, Endpoints], monkeypatch: pytest.MonkeyPatch) -> Verify:
    monkeypatch.setenv("TIAOJIE_DATA", str(deployment[0]))
    for variable in SERVERS:
        monkeypatch.delenv(variable, raising=False)
    return Verify()


def do(endpoints: Endpoints, statement: str) -> None:
    async def done() -> None:
        async with chains.attacker(endpoints) as session:
            await session.execute(text(statement))
            await session.commit()

    asyncio.run(done())


def test_sound_chains_end_with_0_and_say_up_to_where_a_cut_would_show(verify: Verify) -> None:
    result = verify()
    assert result.exit_code == 0, result.output
    assert "5 条链 / chains，25 环 / links，7 个检查点 / checkpoints，文件 3 行 / lines：完整 / intact" in result.output
    assert "2 条链共 2 环" in result.output


def test_json_is_for_programs_and_a_tenant_may_be_asked_for_alone(verify: Verify) -> None:
    found = msgspec.json.decode(verify("--json", "--tenant", str(chains.TOWNSHIP)).stdout)
    assert found["sound"] is True
    assert found["unwitnessed"] == 1
    assert found["verdict"]["open_ends"] == {str(chains.TOWNSHIP): 1}
    assert (found["verdict"]["chains"], found["verdict"]["links"]) == (1, 8)


@pytest.mark.parametrize("number", ["999999", "99999999999999"])
def test_a_tenant_that_is_none_is_not_called_intact(verify: Verify, number: str) -> None:
    result = verify("--tenant", str(chains.TOWNSHIP), "--tenant", number)
    assert result.exit_code == 2
    assert number in result.output
    assert "intact" not in result.output


def test_a_broken_chain_ends_with_1_and_is_named_in_both_languages(
    verify: Verify, deployment: tuple[Path, Endpoints]
) -> None:
    change = f"update audit_log set outcome = '{{}}' where tenant_id = {chains.TOWNSHIP} and seq = 2"
    do(deployment[1], change.format("x"))
    result = verify()
    do(deployment[1], change.format("done"))
    assert result.exit_code == 1
    assert f"单位 {chains.TOWNSHIP} 第 2 行：内容被改动 / content altered" in result.output
    assert verify().exit_code == 0


def test_a_cut_file_ends_with_1_and_names_the_first_hour_it_lacks(
    verify: Verify, deployment: tuple[Path, Endpoints]
) -> None:
    month = deployment[0] / "checkpoints" / "2026-03.jsonl"
    whole = month.read_bytes()
    month.write_bytes(b"".join(whole.splitlines(keepends=True)[:1]))
    result = verify()
    month.write_bytes(whole)
    assert result.exit_code == 1
    assert "单位 1 检查点 2026-03-02T05:00Z：文件尾部被删" in result.output
    assert len(CheckpointFile(month.parent).read()) == 3
