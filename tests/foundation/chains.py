"""A small tree with audit chains, and what an attacker with the owner's powers can do to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.audit_checkpoints import keep_hour
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Scope, Store, set_scope
from policies.actions import Action

PROVINCE, PREFECTURE, OTHER_PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP = 1, 10, 11, 100, 1000, 1001
TREE = {
    PROVINCE: None,
    PREFECTURE: PROVINCE,
    OTHER_PREFECTURE: PROVINCE,
    COUNTY: PREFECTURE,
    TOWNSHIP: COUNTY,
    OTHER_TOWNSHIP: COUNTY,
}
FOUR = datetime(2026, 3, 2, 4, 10, tzinfo=UTC)
SYSTEM = Scope(PROVINCE, UUID(int=0))
UNLOCK = ("audit_log", "audit_checkpoints", "audit_witnesses")
PLACE = text("insert into places (id, tier, name, kind, valid_from) values (:id, :tier, 'x', 'x', '2020-01-01')")
TENANT = text(
    "insert into tenants (id, parent_id, place_id, tier, kind, name, valid_from)"
    " values (:id, :parent, :id, :tier, 'division', 'x', '2020-01-01')"
)


async def plant(endpoints: Endpoints) -> None:
    """The tree without people."""
    store = Store(endpoints.owner, FrozenClock(FOUR), pool_size=1)
    async with store.anonymous() as session:
        for tenant, parent in TREE.items():
            tier = "PFCT"[len(str(tenant)) - 1]
            await session.execute(PLACE, {"id": tenant, "tier": tier})
            await session.execute(TENANT, {"id": tenant, "tier": tier, "parent": parent})
    await store.close()


async def act(store: Store, *tenants: int, times: int = 1) -> None:
    """One link (or several) in each of the chains."""
    for number in range(times):
        async with store.scoped(Scope(PROVINCE, None)) as session:
            entry = audit.Entry("system.test", None, Action.CASE_READ, "case", str(number), detail={"第": number})
            await audit.append(session, entry, *tenants)


async def keep(store: Store) -> int:
    async with store.scoped(SYSTEM) as session:
        return await keep_hour(session)


def history(endpoints: Endpoints) -> None:
    """Checkpoints at 4, 5 and 6 o'clock; a link of the township's, and one of the county's, stand after the last."""
    asyncio.run(_history(endpoints))


async def _history(endpoints: Endpoints) -> None:
    await plant(endpoints)
    clock = FrozenClock(FOUR)
    store = Store(endpoints.app, clock, pool_size=1)
    await act(store, PROVINCE, OTHER_PREFECTURE, COUNTY, TOWNSHIP, OTHER_TOWNSHIP, times=4)
    await keep(store)
    clock.advance(hours=1)
    await act(store, TOWNSHIP, times=3)
    await keep(store)
    clock.advance(hours=1)
    await keep(store)
    await act(store, TOWNSHIP, COUNTY)
    await store.close()


@asynccontextmanager
async def attacker(endpoints: Endpoints) -> AsyncIterator[AsyncSession]:
    """The owner with the triggers off; what it did is rolled back."""
    store = Store(endpoints.owner, FrozenClock(FOUR), pool_size=1)
    async with store.anonymous() as session:
        for table in UNLOCK:
            await session.execute(text(f"alter table {table} disable trigger never_changes"))
        yield session
        await session.rollback()
    await store.close()


REWRITE = """
create or replace function pg_temp.rewrite(chain int) returns void language plpgsql as $$
declare r audit_log; prev bytea := sha256('');
begin
    for r in select * from audit_log where tenant_id = chain order by seq loop
        update audit_log set prev_hash = prev, hash = audit_link(prev, r.tenant_id, r.seq, r.at, r.actor, r.post_id,
            r.action, r.object_kind, r.object_id, r.outcome, r.detail)
        where tenant_id = chain and seq = r.seq returning hash into prev;
    end loop;
    update audit_heads h set (seq, hash) = (select coalesce(max(l.seq), 0), prev from audit_log l
        where l.tenant_id = chain) where h.tenant_id = chain;
end $$
"""


async def rewrite(session: AsyncSession, tenant: int) -> None:
    """Reckon a whole chain anew over whatever it holds now, its head too: for itself it is flawless."""
    await session.execute(text(REWRITE))
    await session.execute(text("select pg_temp.rewrite(:tenant)"), {"tenant": tenant})


async def forge_everything(session: AsyncSession) -> None:
    """The township's past rewritten, every checkpoint and copy made anew over it: the database agrees with itself."""
    await session.execute(text("update audit_log set actor = 'x' where tenant_id = :t and seq = 2"), {"t": TOWNSHIP})
    await rewrite(session, TOWNSHIP)
    for table in ("audit_checkpoints", "audit_witnesses"):
        await session.execute(text(f"delete from {table}"))
    await set_scope(session, SYSTEM, FOUR)
    await keep_hour(session)
