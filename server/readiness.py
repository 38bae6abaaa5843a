"""Whether this process can answer requests now: asked of what it needs, never assumed."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

import structlog
from msgspec import Struct
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from foundation.endpoints import Endpoints
from migrations.revisions import serves
from policies import gate

SECONDS = 1.5
"""What a part has to answer; a probe waits two."""
KEPT_SECONDS = 1.0
"""An answer is given again for so long, so that asking often costs the database nothing."""
REVISION = text("select version_num from alembic_version")

log = structlog.get_logger(__name__)


class Answer(Struct, frozen=True):
    """`failing` names parts, never addresses. `gate`: version of the rules, empty while it is closed."""

    status: str
    failing: list[str]
    gate: str


class Readiness:
    """One per process. Its connections are its own: a pool that is merely busy is not a broken database."""

    def __init__(self, addresses: Endpoints) -> None:
        self.engine: AsyncEngine = create_async_engine(addresses.app, pool_size=1, max_overflow=0, pool_pre_ping=True)
        self.redis: Redis = Redis.from_url(addresses.redis)
        self.draining = False
        self._asking = asyncio.Lock()
        self._answered_at = -KEPT_SECONDS
        self._failing: list[str] = []

    async def ask(self) -> Answer:
        async with self._asking:
            if monotonic() - self._answered_at >= KEPT_SECONDS:
                self._failing = await self._broken()
                self._answered_at = monotonic()
        failing = [*self._failing, "stopping"] if self.draining else self._failing
        return Answer("not_ready" if failing else "ready", failing, gate_version())

    async def close(self) -> None:
        await self.engine.dispose()
        await self.redis.aclose()

    async def _broken(self) -> list[str]:
        checks = {"database": self._database, "redis": self._redis, "gate": self._gate}
        found = await asyncio.gather(*(_fault(name, check) for name, check in checks.items()))
        return [fault for fault in found if fault]

    async def _database(self) -> str:
        try:
            async with self.engine.connect() as connection:
                revision = await connection.scalar(REVISION)
        except ProgrammingError:  # there is no such table yet, or it is not ours to read
            return "schema"
        return "" if serves(revision) else "schema"

    async def _redis(self) -> str:
        await self.redis.ping()
        return ""

    async def _gate(self) -> str:
        return "" if gate_version() else "gate"


def gate_version() -> str:
    """Short version of the rules in force; empty while the gate is closed."""
    try:
        return gate.opened().book.version[:12]
    except gate.GateClosed:
        return ""


async def _fault(name: str, check: Callable[[], Awaitable[str]]) -> str:
    """What fails, empty when all is well. A check that raises or takes too long fails by its own name."""
    try:
        async with asyncio.timeout(SECONDS):
            return await check()
    except Exception as error:  # whatever keeps a part from answering: it does not answer
        log.warning("not_ready", part=name, kind=type(error).__name__)
        return name
