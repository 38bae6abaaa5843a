"""What is written last: with the transaction or not at all, and not what a savepoint took back."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from foundation import audit
from foundation.endpoints import Endpoints
from foundation.store import Scope, Store
from policies.actions import Action

HELD = text("select exists (select from pg_locks where relation = 'audit_heads'::regclass and pid = pg_backend_pid())")


def entry(about: str) -> audit.Entry:
    return audit.Entry("system.test", None, Action.CASE_READ, "case", about)


async def written(endpoints: Endpoints, mark: str, store: Store) -> list[str]:
    owner = Store(endpoints.owner, store.clock, pool_size=1)
    query = text("select object_id from audit_log where object_id like :mark order by tenant_id, seq")
    async with owner.anonymous() as session:
        found = [str(one) for one in await session.scalars(query, {"mark": f"{mark}%"})]
    await owner.close()
    return found


async def test_a_chain_is_touched_only_when_all_else_is_done(store: Store, endpoints: Endpoints) -> None:
    mark = str(uuid4())
    async with store.scoped(Scope(1, None)) as session:
        await audit.append(session, entry(f"{mark} first"), 2)
        await audit.append(session, entry(f"{mark} second"), 1, 2)
        assert not await session.scalar(HELD)
    assert await written(endpoints, mark, store) == [f"{mark} second", f"{mark} first", f"{mark} second"]


async def test_what_a_savepoint_took_back_is_not_written(store: Store, endpoints: Endpoints) -> None:
    mark = str(uuid4())
    async with store.scoped(Scope(1, None)) as session:
        await audit.append(session, entry(f"{mark} before"), 1)
        with pytest.raises(KeyError):
            async with session.begin_nested():
                await audit.append(session, entry(f"{mark} taken back"), 1)
                raise KeyError
        async with session.begin_nested():
            await audit.append(session, entry(f"{mark} kept"), 1)
    assert await written(endpoints, mark, store) == [f"{mark} before", f"{mark} kept"]


async def test_nothing_is_written_of_a_transaction_that_failed(store: Store, endpoints: Endpoints) -> None:
    mark = str(uuid4())
    with pytest.raises(KeyError):
        async with store.scoped(Scope(1, None)) as session:
            await audit.append(session, entry(mark), 1)
            raise KeyError
    async with store.scoped(Scope(1, None)) as session:
        await audit.append(session, entry(mark), 1)
        await session.rollback()
    assert await written(endpoints, mark, store) == []
