"""How often something public may be tried: counted in Valkey, so that all processes count together."""

import hashlib

from redis.asyncio import Redis
from redis.exceptions import RedisError

from foundation.errors import DomainError
from foundation.language import N_


class TooManyAttempts(DomainError):
    """`seconds` until the window ends."""

    code = "too_many_attempts"
    status = 429
    message = N_("查询过于频繁，请 %(seconds)s 秒后再试")

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds

    @property
    def retry_after(self) -> int:
        return self.seconds


class CountUnavailable(DomainError):
    """Nobody counts: then nobody may try."""

    code = "count_unavailable"
    status = 503
    message = N_("系统正忙，请稍后再试")


class Attempts:
    """`most` tries per key in a window of `seconds`, which begins with the first try."""

    def __init__(self, redis_url: str, *, most: int = 20, seconds: int = 600) -> None:
        self.redis = Redis.from_url(redis_url)
        self.most = most
        self.seconds = seconds

    async def count(self, purpose: str, who: str, *, most: int | None = None, seconds: int | None = None) -> None:
        """Count one try; raises TooManyAttempts. The key holds a hash, not the address. `most` and `seconds`: for a
        purpose that needs a limit of its own."""
        key = _key(purpose, who)
        try:
            async with self.redis.pipeline(transaction=True) as commands:
                commands.incr(key)
                commands.expire(key, seconds or self.seconds, nx=True)
                commands.ttl(key)
                tried, _, left = await commands.execute()
        except RedisError as error:
            raise CountUnavailable from error
        if tried > (most or self.most):
            raise TooManyAttempts(max(left, 1))

    async def right(self, purpose: str, who: str) -> None:
        """The try just counted was right: it was no guess, and a whole village may share an address."""
        try:
            await self.redis.decr(_key(purpose, who))
        except RedisError as error:
            raise CountUnavailable from error

    async def close(self) -> None:
        await self.redis.aclose()


def _key(purpose: str, who: str) -> str:
    return f"attempts:{purpose}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
