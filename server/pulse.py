"""The worker's sign of life, and what only it can measure: beaten by the relay itself, so that a stuck one is dead.

The sign lies in Redis under the machine's name and passes away by itself. It is set after the database and the queue
have both answered, and not otherwise.
"""

import socket
from contextlib import suppress
from time import monotonic

from redis import Redis as SyncRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select

from foundation import metrics
from foundation.audit_checkpoints import AuditCheckpoint
from foundation.jobs import Relay
from foundation.queue_length import queue_length
from foundation.store import Store
from oversight.webhook_events import Interest
from server.recurring import system_subject

EVERY_SECONDS = 5.0
LASTS_SECONDS = 30
NAME = "system.pulse"


class Pulse:
    """One per worker."""

    def __init__(self, store: Store, relay: Relay, redis: Redis, interest: Interest) -> None:
        self.store = store
        self.relay = relay
        self.redis = redis
        self.interest = interest
        self._beaten_at = -EVERY_SECONDS

    async def beat(self) -> None:
        """At most every few seconds. Raises what database and queue raise."""
        if monotonic() - self._beaten_at < EVERY_SECONDS:
            return
        await self._measure()
        await self.redis.set(_key(), 1, ex=LASTS_SECONDS)
        self._beaten_at = monotonic()

    async def end(self) -> None:
        """A worker that stopped in good order is gone at once. Another one of this machine says again that it lives."""
        with suppress(RedisError):
            await self.redis.delete(_key())

    async def _measure(self) -> None:
        waiting, oldest = await self.relay.waiting()
        metrics.outbox(waiting, oldest, self.store.clock.now(), await self.relay.set_aside())
        if (length := await queue_length(self.redis)) is not None:
            metrics.queue(length.queued, length.running)
        await self.interest.refresh(self.store)
        province = await system_subject(self.store, NAME)
        if province is None:
            return
        latest = select(func.max(AuditCheckpoint.at)).where(AuditCheckpoint.tenant_id == province.tenant_id)
        async with self.store.scoped(province.scope) as session:
            metrics.checkpoint(await session.scalar(latest), self.store.clock.now())


def beats(redis_url: str) -> bool:
    """Whether a worker of this machine lives; False also when nobody can tell."""
    try:
        with SyncRedis.from_url(redis_url, socket_timeout=EVERY_SECONDS) as redis:
            return redis.get(_key()) is not None
    except RedisError:
        return False


def _key() -> str:
    return f"tiaojie:worker:{socket.gethostname()}"
