"""What Prometheus reads: counters of this process, on a port of their own that the public never reaches.

No label has unbounded values: routes are patterns, statuses classes, jobs names of the code.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import InfoMetricFamily
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from foundation.settings import SettingError

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
disable_created_metrics()  # type: ignore[no-untyped-call]  # the library's; a second series that nobody asks for

REQUESTS = Counter("tiaojie_requests", "Requests answered.", ("method", "route", "status"), registry=None)
DURATION = Histogram(
    "tiaojie_request_seconds", "From request to answer.", ("method", "route"), buckets=SECONDS, registry=None
)
IN_FLIGHT = Gauge("tiaojie_requests_in_flight", "Requests being answered.", registry=None)
OF_WEB = (REQUESTS, DURATION, IN_FLIGHT)

JOBS = Counter("tiaojie_jobs", "Jobs by name and outcome: done, failed, set_aside.", ("name", "outcome"), registry=None)
OUTBOX_WAITING = Gauge("tiaojie_outbox_waiting", "Messages that are not delivered yet.", registry=None)
OUTBOX_ASIDE = Gauge("tiaojie_outbox_set_aside", "Messages tried too often, that wait for a person.", registry=None)
QUEUE = Gauge("tiaojie_queue_jobs", "Jobs in the queue, by state: queued, running.", ("state",), registry=None)
OUTSIDE = Counter(
    "tiaojie_outside",
    "Messages to outside, by kind (mail, sms, webhook) and outcome.",
    ("kind", "outcome"),
    registry=None,
)
OUTBOX_AGE = Gauge("tiaojie_outbox_oldest_seconds", "Age of the oldest of them; 0 without any.", registry=None)
CHECKPOINT_AGE = Gauge(
    "tiaojie_audit_checkpoint_age_seconds", "Since the province's newest audit checkpoint.", registry=None
)
OF_WORKER = (JOBS, OUTBOX_WAITING, OUTBOX_AGE, OUTBOX_ASIDE, QUEUE, OUTSIDE, CHECKPOINT_AGE)


def registry(
    own: Iterable[Collector], connections_in_use: Callable[[], int], gate_version: Callable[[], str]
) -> CollectorRegistry:
    """What a process shows: its own, its pool, its rules, and what Python and the kernel tell of it."""
    made = CollectorRegistry(auto_describe=True)
    pool = Gauge("tiaojie_database_connections_in_use", "Connections taken from the process's pool.", registry=None)
    pool.set_function(connections_in_use)
    for collector in (*own, pool, _GateVersion(gate_version)):
        made.register(collector)
    ProcessCollector(registry=made)
    GCCollector(registry=made)
    return made


def serve(host: str, port: int, shown: CollectorRegistry) -> WSGIServer | None:
    """Answer on a thread of its own; port 0 = not at all. Raises SettingError when the port can't be had."""
    if not port:
        return None
    try:
        server, _thread = start_http_server(port, host, shown)
    except OSError as error:
        raise SettingError(
            "TIAOJIE_METRICS_HOST, TIAOJIE_METRICS_PORT",
            f"无法使用 {host}:{port}",
            f"can't listen on {host}:{port} ({error.strerror})",
        ) from error
    return server


def outbox(waiting: int, oldest: datetime | None, now: datetime, set_aside: int = 0) -> None:
    """Set by the worker, whose role alone sees the outbox."""
    OUTBOX_WAITING.set(waiting)
    OUTBOX_ASIDE.set(set_aside)
    OUTBOX_AGE.set(max(0.0, (now - oldest).total_seconds()) if oldest else 0)


def queue(queued: int, running: int) -> None:
    """Set by every worker alike: there is one queue."""
    QUEUE.labels("queued").set(queued)
    QUEUE.labels("running").set(running)


def checkpoint(newest: datetime | None, now: datetime) -> None:
    """Without any there is no age to show: not a number, which every alert rule can name."""
    CHECKPOINT_AGE.set((now - newest).total_seconds() if newest else float("nan"))


class _GateVersion(Collector):
    """The rules in force, as a label that is replaced when they are."""

    def __init__(self, version: Callable[[], str]) -> None:
        self.version = version

    def collect(self) -> Iterator[InfoMetricFamily]:
        family = InfoMetricFamily("tiaojie_gate", "Version of the rules that this process decides by.")
        if version := self.version():
            family.add_metric([], {"version": version})
        yield family
