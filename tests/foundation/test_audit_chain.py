"""The audit proves itself: whatever is done to a chain behind the application's back is named."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.audit_chain import heads, verify
from foundation.audit_faults import Break, Fault
from foundation.clock import FrozenClock
from foundation.endpoints import Endpoints
from foundation.store import Scope, Store
from policies.actions import Action
from tests.databases import clone, drop, unique
from tests.foundation.chains import attacker
from tests.noted import write_now

LINKS = 6


async def fill(endpoints: Endpoints) -> None:
    store = Store(endpoints.app, FrozenClock(datetime(2026, 3, 2, tzinfo=UTC)), pool_size=1)
    for number in range(LINKS):
        async with store.scoped(Scope(1, None)) as session:
            entry = audit.Entry("system.test", None, Action.CASE_READ, "case", str(number), detail={"第": number})
            await audit.append(session, entry, 1, 2)
    await store.close()


@pytest.fixture(scope="module")
def chained(running_servers: Endpoints, template: str) -> Iterator[Endpoints]:
    """A database with two chains of six links."""
    name = unique("chain")
    clone(running_servers, template, name)
    asyncio.run(fill(running_servers.on_database(name)))
    yield running_servers.on_database(name)
    drop(running_servers, name)


@pytest.fixture
async def session(chained: Endpoints, clock: FrozenClock) -> AsyncIterator[AsyncSession]:
    """The owner, who can alter what the application can't; rolled back."""
    async with attacker(chained) as opened:
        yield opened


async def test_untouched_chains_hold(session: AsyncSession) -> None:
    verdict = await verify(session)
    assert (verdict.chains, verdict.links, verdict.breaks) == (2, 2 * LINKS, [])


DAMAGE = {
    "an altered word": ("update audit_log set outcome = 'x' where tenant_id = 1 and seq = 3", [(3, Fault.ALTERED)]),
    "an altered detail": ("update audit_log set detail = '{}' where tenant_id = 1 and seq = 3", [(3, Fault.ALTERED)]),
    "a removed row": ("delete from audit_log where tenant_id = 1 and seq = 3", [(4, Fault.MISSING)]),
    "a removed beginning": ("delete from audit_log where tenant_id = 1 and seq < 3", [(3, Fault.MISSING)]),
    "a cut tail": ("delete from audit_log where tenant_id = 1 and seq > 4", [(4, Fault.CUT)]),
    "a chain cut whole": ("delete from audit_log where tenant_id = 1", [(0, Fault.CUT)]),
    "a lost head": ("delete from audit_heads where tenant_id = 1", [(6, Fault.HEAD)]),
    "a head of another hash": ("update audit_heads set hash = sha256('x') where tenant_id = 1", [(6, Fault.HEAD)]),
    "two rows in each other's place": (
        "update audit_log set seq = seq + 100 where tenant_id = 1 and seq in (3, 4);"
        "update audit_log set seq = 107 - seq where tenant_id = 1 and seq > 100",
        [(3, Fault.REORDERED), (4, Fault.REORDERED), (5, Fault.UNLINKED)],
    ),
    "the contents of two rows exchanged": (
        "update audit_log a set (object_id, detail) = (select object_id, detail from audit_log b"
        " where b.tenant_id = 1 and b.seq = 8 - a.seq) where tenant_id = 1 and seq in (3, 5)",
        [(3, Fault.REORDERED), (5, Fault.REORDERED)],
    ),
    "a row forged with its own hash": (
        "update audit_log set actor = 'x', hash = audit_link(prev_hash, tenant_id, seq, at, 'x', post_id, action,"
        " object_kind, object_id, outcome, detail) where tenant_id = 1 and seq = 3",
        [(4, Fault.UNLINKED)],
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_named_with_its_place(session: AsyncSession, damage: str) -> None:
    statements, expected = DAMAGE[damage]
    for statement in statements.split(";"):
        await session.execute(text(statement))
    assert (await verify(session)).breaks == [Break(1, seq, fault) for seq, fault in expected]


@pytest.mark.failure(11)
async def test_a_tail_cut_with_its_head_shows_against_heads_kept_elsewhere(session: AsyncSession) -> None:
    kept = await heads(session)
    await session.execute(text("delete from audit_log where tenant_id = 1 and seq > 4"))
    rewind = "update audit_heads set (seq, hash) = (select seq, hash from audit_log where tenant_id = 1 and seq = 4)"
    await session.execute(text(f"{rewind} where tenant_id = 1"))
    assert (await verify(session)).breaks == []
    assert (await verify(session, kept)).breaks == [Break(1, LINKS, Fault.NOT_AS_KEPT)]


async def test_it_says_how_many_links_no_kept_head_covers(session: AsyncSession) -> None:
    kept = await heads(session)
    await audit.append(session, audit.Entry("system.test", None, Action.CASE_READ, "case", "later"), 2)
    await write_now(session)
    assert (await verify(session, kept)).unwitnessed == 1


async def test_the_application_can_neither_alter_nor_remove_a_link(chained: Endpoints, clock: FrozenClock) -> None:
    store = Store(chained.app, clock, pool_size=1)
    for statement in ("update audit_log set actor = 'x'", "delete from audit_log", "delete from audit_heads"):
        with pytest.raises(Exception, match="permission denied"):
            async with store.scoped(Scope(1, None)) as session:
                await session.execute(text(statement))
    await store.close()
