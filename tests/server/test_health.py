"""Health and readiness tell the truth, and no more."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import asyncpg
import msgspec
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from foundation.endpoints import Endpoints, asyncpg_dsn
from migrations.revisions import known, serves
from migrations.run import FOLDER, newest
from policies import gate
from server.pulse import beats
from server.readiness import Readiness
from tests.door import Door
from tests.in_memory import folder_of
from tests.server.processes import Place, filled_place


@pytest.fixture
async def readiness(endpoints: Endpoints, door: Door) -> AsyncIterator[Readiness]:
    """Of this worker's servers, with the gate that the application has opened."""
    made = Readiness(endpoints)
    yield made
    await made.close()


async def asked(endpoints: Endpoints) -> list[str]:
    readiness = Readiness(endpoints)
    failing = (await readiness.ask()).failing
    await readiness.close()
    return failing


async def test_alive_asks_nothing_and_ready_names_the_gates_version(
    door: Door, readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(door.app.state._state, "readiness", readiness)
    async with door.client() as anyone:
        assert (await anyone.get("/health")).json() == {"status": "ok"}
        ready = await anyone.get("/ready")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ready", "failing": [], "gate": gate.opened().book.version[:12]}


async def test_a_cache_that_does_not_answer_is_named_within_two_seconds(endpoints: Endpoints, door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = f"redis://:s3cret@127.0.0.1:{silent.getsockname()[1]}/0"
        async with asyncio.timeout(2):
            assert await asked(msgspec.structs.replace(endpoints, redis=mute)) == ["redis"]


async def test_a_database_that_is_not_there_is_named(endpoints: Endpoints, door: Door) -> None:
    assert await asked(msgspec.structs.replace(endpoints, app=endpoints.on_database("nowhere").app)) == ["database"]


async def test_a_schema_that_is_behind_is_named(fresh_database: Endpoints, door: Door) -> None:
    owner = await asyncpg.connect(asyncpg_dsn(fresh_database.owner))
    await owner.execute("update alembic_version set version_num = $1", known()[-2])
    assert await asked(fresh_database) == ["schema"]
    await owner.execute("update alembic_version set version_num = '9999_of_the_next_release'")
    assert await asked(fresh_database) == []
    await owner.execute("drop table alembic_version")
    assert await asked(fresh_database) == ["schema"]
    await owner.close()


def test_the_revisions_are_known_by_their_files_as_alembic_knows_them() -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    walked = ScriptDirectory.from_config(configuration).walk_revisions()
    assert sorted(known()) == sorted(script.revision for script in walked)
    assert known()[-1] == newest()
    assert serves(newest()) and not serves(None)


async def test_a_closed_gate_is_named(readiness: Readiness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "_open", None)
    answer = await readiness.ask()
    assert (answer.status, answer.failing, answer.gate) == ("not_ready", ["gate"], "")


async def test_asked_a_hundred_times_at_once_the_servers_are_asked_once(
    readiness: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    really = readiness._broken

    async def counted() -> list[str]:
        asked.append(1)
        return await really()

    monkeypatch.setattr(readiness, "_broken", counted)
    answers = await asyncio.gather(*(readiness.ask() for _ in range(100)))
    assert {answer.status for answer in answers} == {"ready"}
    assert len(asked) == 1


async def test_what_is_not_ready_is_503_without_an_address(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Readiness(Endpoints(owner="", app="postgresql+asyncpg://a:s3cret@127.0.0.1:1/db", auditor="", relay="",
                              redis="redis://:s3cret@127.0.0.1:1/0"))  # fmt: skip
    monkeypatch.setitem(door.app.state._state, "readiness", own)
    async with door.client() as anyone:
        answer = await anyone.get("/ready")
    await own.close()
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["database", "redis"]
    assert "127.0.0.1" not in answer.text and "s3cret" not in answer.text


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with folder_of("health") as folder, filled_place(folder / "data") as filled:
        yield filled


def test_asked_to_stop_it_says_so_first_and_serves_on_until_drained(place: Place) -> None:
    web = place.start("serve", TIAOJIE_DRAIN="3")
    web.until_ready()
    web.process.send_signal(signal.SIGTERM)
    web.until_ready(503)
    assert web.process.poll() is None
    assert web.process.wait(30) == 0


def test_a_second_signal_ends_the_draining(place: Place) -> None:
    web = place.start("serve", TIAOJIE_DRAIN="600")
    web.until_ready()
    web.process.send_signal(signal.SIGTERM)
    web.until_ready(503)
    assert web.end() == 0


def test_the_worker_is_alive_while_it_works_and_not_after(place: Place) -> None:
    worker = place.start("worker")
    worker.until(lambda: beats(place.endpoints.redis))
    assert place.start("worker", "--check").process.wait(30) == 0
    assert worker.end() == 0
    assert place.start("worker", "--check").process.wait(30) == 1
