"""What every test may ask for: real servers, a database of its worker's own, a clock that stands still."""

import gc
import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from redis import Redis

from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints, redis_on
from foundation.endpoints import endpoints as server_addresses
from foundation.servers import servers
from foundation.settings import Settings, load_settings
from foundation.store import Store
from tests.databases import clone, drop, make_template, redis_number, unique
from tests.in_memory import servers_folder

pytest_plugins = ("tests.world", "tests.door", "tests.browser.chromium")
"""Their fixtures belong to every folder; imported a second time they would be made a second time."""

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""Monday 2 March 2026, noon in Yunnan."""


RUN = pytest.StashKey[str]()
TESTS_RUN = pytest.StashKey[int]()
LONGEST = ("tests/browser/test_walk.py", "tests/policies/test_proof.py", "tests/replicas/")
SERVER_VARIABLES = ("TIAOJIE_DATABASE_URL", "TIAOJIE_REDIS_URL")


def pytest_configure(config: pytest.Config) -> None:
    """One name for the whole run; its workers get it from the process that started them."""
    given = getattr(config, "workerinput", {}).get("testrunuid") or uuid4().hex
    config.stash[RUN] = given[:12]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what was started is stopped
    if config.pluginmanager.hasplugin("xdist"):
        config.option.testrunuid = given


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """When the last worker has ended, or the run was cut short: nothing of it stays on the disk or on a server."""
    if hasattr(session.config, "workerinput"):
        return
    run = session.config.stash[RUN]
    chosen = _settings(run)
    if not chosen.embedded:
        drop(server_addresses(chosen), _template_name(run))
    shutil.rmtree(chosen.data, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: what is short fills the gaps between the workers at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


FROZEN_EVERY = 50


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """What stays is looked through no more, and new rubbish less often: a tenth of the suite's time."""
    run_so_far = item.session.stash[TESTS_RUN] = item.session.stash.get(TESTS_RUN, 0) + 1
    if run_so_far % FROZEN_EVERY == 1:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 10, 100)


def _settings(run: str) -> Settings:
    """The servers of the two variables, or embedded ones in a folder of this run."""
    environ = {name: os.environ[name] for name in SERVER_VARIABLES if name in os.environ}
    return load_settings({**environ, "TIAOJIE_DATA": str(servers_folder() / f"tiaojie-test-{run}")})


def _template_name(run: str) -> str:
    return f"template_{run}"


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> str:
    """The name of this run."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def settings(run: str) -> Settings:
    """The settings of this run's servers."""
    return _settings(run)


@pytest.fixture(scope="session")
def running_servers(settings: Settings) -> Iterator[Endpoints]:
    """Started by the run's first worker, stopped by its last."""
    with servers(settings, print, durable=False) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def template(running_servers: Endpoints, run: str) -> str:
    """The name of a migrated, empty database."""
    name = _template_name(run)
    make_template(running_servers, name)
    return name


@pytest.fixture(scope="session")
def endpoints(running_servers: Endpoints, template: str, worker_id: str) -> Iterator[Endpoints]:
    """This worker's own database and its own numbered Redis database."""
    name = unique("worker")
    clone(running_servers, template, name)
    yield running_servers.on_database(name, redis_number(worker_id))
    drop(running_servers, name)


@pytest.fixture
def fresh_database(running_servers: Endpoints, template: str, worker_id: str) -> Iterator[Endpoints]:
    """A database of this test's own."""
    name = unique("fresh")
    clone(running_servers, template, name)
    yield running_servers.on_database(name, redis_number(worker_id) + 7)
    drop(running_servers, name)


@pytest.fixture(autouse=True)
def uncounted(request: pytest.FixtureRequest, worker_id: str) -> None:
    """All tests look up from one address: no test meets the tries of those before it."""
    if "running_servers" not in request.fixturenames:
        return
    servers: Endpoints = request.getfixturevalue("running_servers")
    for number in (redis_number(worker_id), redis_number(worker_id) + 7):
        with Redis.from_url(redis_on(servers.redis, number)) as redis:
            for key in redis.scan_iter("attempts:*", count=1000):
                redis.delete(key)


@pytest.fixture(scope="session")
def worker_clock() -> FrozenClock:
    """The one clock of a worker: what lives as long as the worker reads it, and so does each test."""
    return FrozenClock(NOON)


@pytest.fixture
def clock(worker_clock: FrozenClock) -> FrozenClock:
    """Stands at NOON until the test moves it."""
    worker_clock.instant = NOON
    return worker_clock


@pytest.fixture
async def store(endpoints: Endpoints, clock: FrozenClock) -> AsyncIterator[Store]:
    """Transactions on the application's role, in this worker's database."""
    opened = Store(endpoints.app, clock)
    yield opened
    await opened.close()
