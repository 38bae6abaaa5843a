"""Killed in the middle of writing: what was confirmed is there, the audit holds, every message is delivered."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import asyncpg
import pytest

from foundation.audit_chain import Verdict, verify
from foundation.clock import SystemClock
from foundation.embedded.folders import Folders
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.jobs import Message, Relay
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from foundation.store import Store
from migrations.run import upgrade
from tests.server.crash_writer import WRITERS

ENOUGH = 60
FOUND = "select distinct object_id::int as number from audit_log where action = 'case:note'"


@pytest.fixture
def own_settings() -> Iterator[Settings]:
    """A data folder of this test's own, for servers that it may kill."""
    with TemporaryDirectory(prefix="tiaojie-crash-") as folder:
        Path(folder).chmod(0o711)
        yield load_settings({"TIAOJIE_DATA": f"{folder}/data"})


def confirmed_until_killed(endpoints: Endpoints, first: int, victim: int | None) -> set[int]:
    """Write until ENOUGH is confirmed, then kill the victim (None: the writer itself); what was confirmed by then."""
    confirmed: set[int] = set()
    command = [sys.executable, "-m", "tests.server.crash_writer", endpoints.app, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as writer:
        assert writer.stdout is not None
        for line in writer.stdout:
            confirmed.add(int(line))
            if len(confirmed) == ENOUGH:
                os.kill(victim or writer.pid, signal.SIGKILL)
        assert writer.wait() != 0
    return confirmed


async def found(endpoints: Endpoints, first: int) -> set[int]:
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    numbers = {row["number"] for row in await connection.fetch(FOUND) if row["number"] >= first}
    await connection.close()
    return numbers


async def audited(endpoints: Endpoints) -> Verdict:
    store = Store(endpoints.auditor, SystemClock(), pool_size=1)
    async with store.anonymous() as session:
        verdict = await verify(session)
    await store.close()
    return verdict


async def delivered(endpoints: Endpoints) -> set[int]:
    """What reaches a handler when the relay works through all that is left."""
    numbers: set[int] = set()
    queued: list[UUID] = []

    async def remember(store: Store, message: Message) -> None:
        numbers.add(message.payload["number"])

    async def enqueue(row: UUID, attempt: int, lease: timedelta) -> None:
        queued.append(row)

    store, relay = Store(endpoints.app, SystemClock(), pool_size=1), Relay(endpoints.relay, SystemClock())
    while await relay.dispatch(enqueue):
        for row in queued:
            assert await relay.deliver(store, {"test.crash": [remember]}, row)
        queued.clear()
    await relay.close()
    await store.close()
    return numbers


def test_nothing_confirmed_is_lost_when_application_or_database_is_killed(own_settings: Settings) -> None:
    second = 1_000_000
    with servers(own_settings, print) as endpoints:
        upgrade(endpoints.owner)
        by_application = confirmed_until_killed(endpoints, 0, None)
        postmaster = int((Folders(own_settings.data).postgres / "postmaster.pid").read_text().split()[0])
        by_database = confirmed_until_killed(endpoints, second, postmaster)
    with servers(own_settings, print) as endpoints:
        there = asyncio.run(found(endpoints, 0))
        assert asyncio.run(audited(endpoints)).sound
        assert asyncio.run(delivered(endpoints)) == there
    assert len(by_application) >= ENOUGH <= len(by_database)
    assert by_application | by_database <= there
    assert len(there - by_application - by_database) <= 2 * WRITERS  # durable, but killed before it could be said
