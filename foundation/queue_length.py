"""What lies in the queue right now, and what runs. What is lost with Valkey is queued again from the outbox."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq import Job
from saq.queue.redis import RedisQueue

QUEUE = "tiaojie"
MOST_SHOWN = 50


class QueueLength(Struct, frozen=True):
    queued: int
    running: int


async def queue_length(redis: Redis) -> QueueLength | None:
    """None when nobody can tell."""
    queue = RedisQueue(redis, name=QUEUE)
    try:
        return QueueLength(await queue.count("queued"), await queue.count("active"))
    except (RedisError, OSError):
        return None


class RunningJob(Struct, frozen=True):
    """`name`: the function's; `rows`: messages of the outbox that it delivers, none for what recurs."""

    name: str
    started_at: datetime
    rows: Sequence[UUID]


async def running_jobs(redis: Redis) -> Sequence[RunningJob]:
    """What workers have begun and not ended, the oldest first; nothing when nobody can tell."""
    queue = RedisQueue(redis, name=QUEUE)
    try:
        keys = await redis.lrange(queue.namespace("active"), 0, MOST_SHOWN - 1)
        found = [queue.deserialize(job) for job in (await redis.mget(keys) if keys else [])]
    except (RedisError, OSError):
        return []
    begun = (_running(job) for job in found if job is not None and job.started)
    return sorted(begun, key=lambda job: job.started_at)


def _running(job: Job) -> RunningJob:
    given = job.kwargs or {}
    rows = given.get("rows") or [row for row in (given.get("row"),) if row]
    started = datetime.fromtimestamp(job.started / 1000, UTC)
    return RunningJob(job.function.rpartition("._")[2], started, tuple(UUID(row) for row in rows))
