"""The only way to a session: one transaction bound to a scope that row-level security reads.

The scope is set for the transaction alone, so a pooled connection carries nothing over.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from foundation import direct, late
from foundation.bounds import BoundsConnection, bounds_url
from foundation.clock import Clock
from foundation.lost import connect
from foundation.reading import KEPT, Reading, Readings
from foundation.turns import Turns


class ScopeMissing(RuntimeError):
    """A session was asked for without saying for whom: a defect, never a user's error."""


class Scope(Struct, frozen=True):
    """Whose rows may show: a tenant (with all below it) and a person (or a party, for a petitioner's own page)."""

    tenant_id: int | None
    person_id: UUID | None
    cases: bool = True
    """False for an administrator: the tree and its people, but no case (decisions.md 12d)."""
    token_id: UUID | None = None
    """The program's token by which the person acts: the audit names it."""


NOW = "set_config('app.now', $1, true) now"
"""Of a call for `Store.ask`, whose function is given something that depends on `now`: so the instant is set first."""


class Store:
    """Opens transactions on the application's role. One per process."""

    def __init__(self, app_url: str, clock: Clock, *, pool_size: int = 10, at_once: int | None = None) -> None:
        """`at_once`: so many transactions that may write; None = as many as there are connections for them."""
        self.clock = clock
        self.after_commit: Callable[[Sequence[tuple[str, Any]]], None] | None = None
        """Gets (name of the part, row) of all that a transaction noted to be written last, once it is committed."""
        self.engine: AsyncEngine = create_async_engine(
            bounds_url(app_url),
            pool_size=2 * pool_size,
            max_overflow=0,  # one that is closed after use costs its sign-in and all its prepared statements again
            pool_use_lifo=True,
            connect_args={"server_settings": SERVER_SETTINGS, **MADE, **KEPT, **PREPARED},
        )
        self._turns = Turns(at_once or 2 * pool_size)
        self._readings = Readings(app_url, pool_size, SERVER_SETTINGS | IN_ORDER)

    def scoped(self, scope: Scope) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that commits when the block ends well and rolls back when it raises."""
        if scope.tenant_id is None and scope.person_id is None:
            raise ScopeMissing
        return self._transaction(scope)

    def anonymous(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction that sees no protected row: for sign-in and session look-up by definer functions."""
        return self._transaction(Scope(None, None))

    @asynccontextmanager
    async def _transaction(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        async with self._turns.turn(), self._begun(scope) as session:
            yield session

    @asynccontextmanager
    async def _begun(self, scope: Scope) -> AsyncIterator[AsyncSession]:
        instant, session = self.clock.now(), self._session()
        try:
            async with session.begin():
                session.info.update(instant=instant, token_id=scope.token_id)
                late.begin(session)
                await set_scope(session, scope, instant)
                yield session
                noted = [(part.name, row) for part, row in session.info[late.NOTED]]
                await late.write_noted(session)
        except BaseException:
            async with session:  # closes it in a task of its own, whatever becomes of ours
                raise
        await session.close()  # committed, so there is nothing to wait for
        if self.after_commit is not None and noted:
            self.after_commit(noted)

    def _session(self) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False, sync_session_class=late.LateSession)

    @asynccontextmanager
    async def reading(self, scope: Scope) -> AsyncIterator[Reading]:
        """A scoped transaction that only reads, without SQLAlchemy's session: for the hot reads."""
        if scope.tenant_id is None and scope.person_id is None:
            raise ScopeMissing
        async with self._readings.transaction(_begin_reading(scope, self.clock.now())) as reading:
            yield reading

    async def ask(self, call: str, *values: Any) -> Sequence[Any]:
        """Rows of one definer function's call, in no scope: who is behind a token. $1 is the instant (`NOW`)."""
        return await self._readings.ask(call, self.clock.now().isoformat(), *values)

    def in_use(self) -> int:
        """Connections taken from the pools right now."""
        pool = self.engine.pool
        return self._readings.in_use() + (pool.checkedout() if isinstance(pool, QueuePool) else 0)

    async def close(self) -> None:
        await self.engine.dispose()
        await self._readings.close()


async def set_scope(session: AsyncSession, scope: Scope, instant: datetime) -> None:
    """Bind the session's transaction to a scope, in the round trip that opens it."""
    await direct.open_with(session, _bind(scope, instant))


def _settings(scope: Scope, instant: datetime) -> dict[str, str]:
    return {
        "tenant": "" if scope.tenant_id is None else str(int(scope.tenant_id)),
        "person": "" if scope.person_id is None else str(UUID(str(scope.person_id))),
        "now": instant.isoformat(),
        "cases": "on" if scope.cases else "",
    }


def _begin_reading(scope: Scope, instant: datetime) -> str:
    return f"begin read only; {_bind(scope, instant)}"


def _bind(scope: Scope, instant: datetime) -> str:
    """Goes with the begin, which takes no parameters: a number, a uuid, an instant and a switch, each made by us."""
    settings = _settings(scope, instant).items()
    return "select " + ", ".join(f"set_config('app.{name}', '{value}', true)" for name, value in settings)


def instant(session: AsyncSession) -> datetime:
    """The transaction's one instant, from the injected clock."""
    value: datetime = session.info["instant"]
    return value


MADE = {"async_creator_fn": connect, "connection_class": BoundsConnection}
PREPARED = {"prepared_statement_cache_size": 1000}
"""SQLAlchemy's own, beside the driver's: with the usual 100 a process that does all kinds of acts prepares for ever."""
PLAIN = {"standard_conforming_strings": "on"}
"""What is quoted, is quoted by the standard."""
# A generic plan for the hot reads: decisions.md 11. jit costs more than it gives on short queries.
SERVER_SETTINGS = {"plan_cache_mode": "force_generic_plan", "jit": "off", "timezone": "UTC", **PLAIN}
# A hot read walks an index in the order of its page. The planner, which can't know whose relations are asked for,
# would rather fetch them all and sort: nothing for most people, thousands of rows for a desk.
IN_ORDER = {"enable_bitmapscan": "off", "enable_sort": "off"}
