"""`tiaojie jobs` at the command line: what it prints and whom it obeys."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from foundation.audit import AuditRow
from foundation.embedded.account import CommandFailed
from foundation.endpoints import Endpoints
from foundation.outbox import OutboxRow, publish
from foundation.store import Scope
from server.commands import jobs
from tests.world import World

TOPIC = "test.poison"


@pytest.fixture
def here(own_province: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def deployed(*_: Any) -> Iterator[Endpoints]:
        yield own_province

    monkeypatch.setattr(jobs, "deployed", deployed)


async def aside(world: World, *numbers: int) -> list[UUID]:
    """Messages that were tried too often."""
    async with world.store.scoped(Scope(1, uuid4())) as session:
        for number in numbers:
            await publish(session, TOPIC, number=number, name="和春生")
    failed = {"attempts": 20, "last_error": "ValueError", "set_aside_at": world.clock.now()}
    async with world.owner() as session:
        await session.execute(update(OutboxRow).where(OutboxRow.topic == TOPIC).values(failed))
        return list(await session.scalars(select(OutboxRow.id).where(OutboxRow.topic == TOPIC).order_by(OutboxRow.id)))


async def said(*words: str) -> Result:
    """The command has a loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, jobs.command, list(words))


@pytest.mark.usefixtures("here")
async def test_failed_jobs_are_listed_tried_again_one_or_all_and_dropped_with_a_reason(own_world: World) -> None:
    first, second, third = await aside(own_world, 1, 2, 3)
    listed = (await said("list")).output
    assert f"{first}  {TOPIC}  ValueError  20" in listed and "搁置 / set aside 3" in listed and "和春生" not in listed
    assert (await said("drop", str(first))).exit_code == 2, "not without a reason"
    assert (await said("drop", str(first), "--reason", "malformed")).exit_code == 0
    assert str(second) in (await said("again", str(second))).output
    assert "again: 1" in (await said("again", "--topic", TOPIC)).output
    assert [(await said("again", *words)).exit_code for words in ((), (str(third), "--topic", TOPIC))] == [2, 2]
    for words in (("again", str(first)), ("again", "--topic", TOPIC), ("drop", str(third), "--reason", "repeated")):
        refused = await said(*words)
        assert isinstance(refused.exception, CommandFailed) and "no such job" in str(refused.exception)
    assert "set aside" not in (await said("list")).output.split(TOPIC)[-1].replace("搁置 / set aside 0", "")
    async with own_world.owner() as session:
        told = (await session.scalars(select(AuditRow).where(AuditRow.object_kind == "job"))).all()
    assert [(row.detail["job"], row.detail.get("number")) for row in told] == [
        ("drop", None),
        ("again", None),
        ("again", 1),
    ]
