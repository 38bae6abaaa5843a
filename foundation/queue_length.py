"""How much lies in the queue right now. What is lost with Valkey is queued again from the outbox."""

from msgspec import Struct
from redis.asyncio import Redis
from redis.exceptions import RedisError
from saq.queue.redis import RedisQueue

QUEUE = "tiaojie"


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
