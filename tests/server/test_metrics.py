"""What Prometheus reads of a process: true numbers, and labels that can't grow without end."""

import re
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from foundation import metrics
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.jobs import Message, Relay
from foundation.outbox import publish
from foundation.settings import SettingError
from foundation.store import Scope, Store
from tests.door import Door
from tests.server.test_run import free_port

NOBODY = Scope(1, None)


@pytest.fixture(scope="module")
def web() -> CollectorRegistry:
    return metrics.registry(metrics.OF_WEB, lambda: 3, lambda: "0123456789ab")


def value(registry: CollectorRegistry, metric: str, **labels: str) -> float:
    return registry.get_sample_value(metric, labels) or 0.0


async def test_requests_are_counted_by_pattern_method_and_status_class(door: Door, web: CollectorRegistry) -> None:
    told = {"method": "GET", "route": "/api/v1/cases/{case_id}"}
    before = value(web, "tiaojie_requests_total", status="4xx", **told)
    async with await door.program("jiantang.clerk") as clerk:
        for number in range(3):
            await clerk.get(f"/api/v1/cases/00000000-0000-0000-0000-00000000000{number}")
    assert value(web, "tiaojie_requests_total", status="4xx", **told) == before + 3
    assert value(web, "tiaojie_request_seconds_count", **told) >= 3
    assert value(web, "tiaojie_requests_in_flight") == 0


async def test_no_address_makes_a_label_of_its_own(door: Door, web: CollectorRegistry) -> None:
    async with door.client() as anyone:
        await anyone.get("/nothing/13808870001")
        await anyone.request("BREW", "/sign-in")
        await anyone.get("/invitations/some-token-of-somebody")
        await anyone.get("/admin/api/tables/person/1/")
    shown = generate_latest(web).decode()
    assert not re.search("13808870001|BREW|some-token|person/1", shown)
    assert 'route="unmatched"' in shown and 'route="/invitations/{token}"' in shown


def test_the_pool_and_the_rules_in_force_are_shown(web: CollectorRegistry) -> None:
    assert value(web, "tiaojie_database_connections_in_use") == 3
    assert value(web, "tiaojie_gate_info", version="0123456789ab") == 1


async def test_what_waits_in_the_outbox_is_shown_with_its_age(fresh_database: Endpoints, clock: FrozenClock) -> None:
    worker = metrics.registry(metrics.OF_WORKER, lambda: 0, lambda: "")
    store, relay = Store(fresh_database.app, clock), Relay(fresh_database.relay, clock)
    async with store.anonymous() as session:
        await publish(session, "test.tell", number=1)
    clock.advance(seconds=90)
    metrics.outbox(*await relay.waiting(), clock.now())
    assert value(worker, "tiaojie_outbox_waiting") == 1
    assert value(worker, "tiaojie_outbox_oldest_seconds") == 90
    await relay.close()
    await store.close()


async def test_jobs_are_counted_by_topic_and_outcome(fresh_database: Endpoints, clock: FrozenClock) -> None:
    worker = metrics.registry(metrics.OF_WORKER, lambda: 0, lambda: "")
    store, relay = Store(fresh_database.app, clock), Relay(fresh_database.relay, clock)
    async with store.anonymous() as session:
        await publish(session, "test.counted", number=1)

    async def fail(store: Store, message: Message) -> None:
        raise LookupError

    async def succeed(store: Store, message: Message) -> None:
        return None

    for handler in (fail, succeed):
        async with relay.engine.connect() as connection:
            row = (await connection.exec_driver_sql("select id from outbox")).scalar_one()
        await relay.deliver(store, {"test.counted": [handler]}, row)
    assert value(worker, "tiaojie_jobs_total", name="test.counted", outcome="failed") == 1
    assert value(worker, "tiaojie_jobs_total", name="test.counted", outcome="done") == 1
    await relay.close()
    await store.close()


def test_without_a_checkpoint_its_age_is_no_number() -> None:
    worker = metrics.registry(metrics.OF_WORKER, lambda: 0, lambda: "")
    now = datetime(2026, 3, 2, 4, tzinfo=UTC)
    metrics.checkpoint(now - timedelta(hours=2), now)
    assert value(worker, "tiaojie_audit_checkpoint_age_seconds") == 7200
    metrics.checkpoint(None, now)
    assert str(worker.get_sample_value("tiaojie_audit_checkpoint_age_seconds")) == "nan"


def test_they_are_served_on_a_port_of_their_own_and_a_taken_one_is_named(web: CollectorRegistry) -> None:
    port = free_port()
    server = metrics.serve("127.0.0.1", port, web)
    assert server is not None
    with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        assert "tiaojie_gate_info" in answer.read().decode()
    with pytest.raises(SettingError, match="TIAOJIE_METRICS_PORT"):
        metrics.serve("127.0.0.1", port, web)
    server.shutdown()
    server.server_close()
    assert metrics.serve("127.0.0.1", 0, web) is None


async def test_the_public_finds_no_metrics(door: Door) -> None:
    async with door.client() as anyone:
        assert (await anyone.get("/metrics")).status_code == 404
