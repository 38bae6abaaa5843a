"""Checkpoints: one root per parent and hour, and what they find that no chain can find in itself."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.audit_chain import verify
from foundation.audit_checkpoints import AuditCheckpoint, AuditWitness, hour_of
from foundation.audit_faults import Break, Fault, Flaw, Mismatch
from foundation.clock import FrozenClock
from foundation.digests import SM3
from foundation.endpoints import Endpoints
from foundation.store import Scope, Store
from tests.databases import clone, drop, unique
from tests.foundation import chains
from tests.foundation.chains import (
    COUNTY,
    FOUR,
    OTHER_PREFECTURE,
    OTHER_TOWNSHIP,
    PREFECTURE,
    PROVINCE,
    TOWNSHIP,
    attacker,
    rewrite,
)

FOUR_OCLOCK, FIVE, SIX = "2026-03-02T04:00Z", "2026-03-02T05:00Z", "2026-03-02T06:00Z"


@pytest.fixture(scope="module")
def chained(running_servers: Endpoints, template: str) -> Iterator[Endpoints]:
    """The small tree with three hours of history."""
    name = unique("kept")
    clone(running_servers, template, name)
    chains.history(running_servers.on_database(name))
    yield running_servers.on_database(name)
    drop(running_servers, name)


@pytest.fixture
async def owner(chained: Endpoints) -> AsyncIterator[AsyncSession]:
    async with attacker(chained) as session:
        yield session


async def hours(session: AsyncSession, tenant: int) -> list[int]:
    query = select(AuditCheckpoint.at).where(AuditCheckpoint.tenant_id == tenant).order_by(AuditCheckpoint.at)
    return [at.hour for at in await session.scalars(query)]


async def test_a_parent_keeps_one_when_something_changed_below_and_the_province_every_hour(owner: AsyncSession) -> None:
    assert await hours(owner, COUNTY) == [4, 5]
    assert await hours(owner, PREFECTURE) == [4, 5]
    assert await hours(owner, PROVINCE) == [4, 5, 6]
    assert await hours(owner, OTHER_PREFECTURE) == await hours(owner, TOWNSHIP) == []


async def test_the_provinces_root_stands_with_each_of_its_prefectures(owner: AsyncSession) -> None:
    copies = (await owner.execute(select(AuditWitness.tenant_id, AuditWitness.at, AuditWitness.root))).all()
    roots = dict((await owner.execute(select(AuditCheckpoint.at, AuditCheckpoint.root).filter_by(tenant_id=1))).all())
    assert {(tenant, at) for tenant, at, _ in copies} == {
        (t, at) for t in (PREFECTURE, OTHER_PREFECTURE) for at in roots
    }
    assert all(roots[at] == root for _, at, root in copies)


async def test_sound_chains_and_checkpoints_hold_and_what_follows_the_last_one_is_counted(owner: AsyncSession) -> None:
    verdict = await verify(owner)
    assert verdict.sound
    assert (verdict.chains, verdict.checkpoints, verdict.unwitnessed) == (5, 7, 2)
    assert {tenant for tenant, links in verdict.open_ends.items() if links} == {TOWNSHIP, COUNTY}


async def test_a_chain_may_be_asked_for_alone(owner: AsyncSession) -> None:
    await owner.execute(text("delete from audit_log where tenant_id = :t and seq = 2"), {"t": OTHER_TOWNSHIP})
    assert (await verify(owner, tenants={TOWNSHIP})).sound
    assert (await verify(owner, tenants={TOWNSHIP})).links == 8
    assert not (await verify(owner, tenants={OTHER_TOWNSHIP})).sound


async def cut_with_its_head(session: AsyncSession) -> None:
    await session.execute(text("delete from audit_log where tenant_id = :t and seq > 5"), {"t": TOWNSHIP})
    await rewrite(session, TOWNSHIP)


async def rewritten_whole(session: AsyncSession) -> None:
    await session.execute(text("update audit_log set actor = 'x' where tenant_id = :t and seq = 5"), {"t": TOWNSHIP})
    await rewrite(session, TOWNSHIP)


async def exchanged_and_rewritten(session: AsyncSession) -> None:
    move = "update audit_log set seq = case seq when 2 then 103 when 3 then 102 else seq - 100 end where tenant_id = :t"
    for condition in ("and seq in (2, 3)", "and seq > 100"):
        await session.execute(text(f"{move} {condition}"), {"t": OTHER_TOWNSHIP})
    await rewrite(session, OTHER_TOWNSHIP)


async def removed_and_renumbered(session: AsyncSession) -> None:
    await session.execute(text("delete from audit_log where tenant_id = :t and seq = 2"), {"t": COUNTY})
    for seq in (3, 4, 5):
        await session.execute(
            text("update audit_log set seq = seq - 1 where tenant_id = :t and seq = :s"), {"t": COUNTY, "s": seq}
        )
    await rewrite(session, COUNTY)


async def removed_with_its_head(session: AsyncSession) -> None:
    for table in ("audit_log", "audit_heads"):
        await session.execute(text(f"delete from {table} where tenant_id = :t"), {"t": OTHER_TOWNSHIP})


CHAINS: dict[str, tuple[Callable[[AsyncSession], Awaitable[None]], Break]] = {
    "a tail cut with its head": (cut_with_its_head, Break(TOWNSHIP, 5, Fault.CUT)),
    "a chain rewritten with all its hashes": (rewritten_whole, Break(TOWNSHIP, 7, Fault.REWRITTEN)),
    "two rows exchanged, all hashes reckoned anew": (
        exchanged_and_rewritten,
        Break(OTHER_TOWNSHIP, 4, Fault.REWRITTEN),
    ),
    "a row removed, the rest renumbered and rehashed": (removed_and_renumbered, Break(COUNTY, 4, Fault.REWRITTEN)),
    "a chain removed with its head": (removed_with_its_head, Break(OTHER_TOWNSHIP, 0, Fault.CUT)),
}


@pytest.mark.failure(11)
@pytest.mark.parametrize("attack", CHAINS)
async def test_what_a_chain_can_not_find_in_itself_the_checkpoint_finds(owner: AsyncSession, attack: str) -> None:
    attacked, expected = CHAINS[attack]
    await attacked(owner)
    verdict = await verify(owner)
    assert verdict.breaks == [expected]
    assert verdict.mismatches == []


async def test_a_cut_after_the_last_checkpoint_is_what_the_verdict_says_it_can_not_see(owner: AsyncSession) -> None:
    await owner.execute(text("delete from audit_log where tenant_id = :t and seq > 7"), {"t": TOWNSHIP})
    await rewrite(owner, TOWNSHIP)
    verdict = await verify(owner)
    assert verdict.sound
    assert verdict.unwitnessed == 1


AT = "at = '2026-03-02 05:00Z'"
CHECKPOINTS = {
    "an altered root": (
        f"update audit_checkpoints set root = sha256('x') where tenant_id = {COUNTY} and {AT}",
        {(COUNTY, FIVE, Flaw.ALTERED), (COUNTY, FIVE, Flaw.NOT_AS_ABOVE)},
    ),
    "an altered head": (
        f"update audit_checkpoints set heads = jsonb_set(heads, '{{{TOWNSHIP},0}}', '6')"
        f" where tenant_id = {COUNTY} and {AT}",
        {(COUNTY, FIVE, Flaw.ALTERED)},
    ),
    "heads that are none": (
        f"update audit_checkpoints set heads = '{{\"x\": 1}}' where tenant_id = {PREFECTURE} and {AT}",
        {(PREFECTURE, FIVE, Flaw.ALTERED)},
    ),
    "a removed checkpoint of a county": (
        f"delete from audit_checkpoints where tenant_id = {COUNTY} and {AT}",
        {(COUNTY, FIVE, Flaw.MISSING)},
    ),
    "a removed checkpoint of the province": (
        f"delete from audit_checkpoints where tenant_id = {PROVINCE} and {AT}",
        {(PROVINCE, FIVE, Flaw.MISSING)},
    ),
    "an altered copy": (
        f"update audit_witnesses set root = sha256('x') where tenant_id = {PREFECTURE} and {AT}",
        {(PROVINCE, FIVE, Flaw.NOT_AS_COPIED)},
    ),
    "a removed copy": (
        f"delete from audit_witnesses where tenant_id = {PREFECTURE} and {AT}",
        {(PREFECTURE, FIVE, Flaw.COPY_MISSING)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("attack", CHECKPOINTS)
async def test_an_altered_or_removed_checkpoint_is_named_with_its_hour(owner: AsyncSession, attack: str) -> None:
    statement, expected = CHECKPOINTS[attack]
    await owner.execute(text(statement.replace(":", r"\:")))
    verdict = await verify(owner)
    assert set(verdict.mismatches) == {Mismatch(tenant, hour, flaw) for tenant, hour, flaw in expected}
    assert verdict.breaks == []


async def test_the_same_hour_makes_one_and_missed_hours_are_caught_up_by_one(fresh_database: Endpoints) -> None:
    await chains.plant(fresh_database)
    clock = FrozenClock(FOUR)
    store = Store(fresh_database.app, clock, pool_size=1)
    assert await chains.keep(store) == 3  # that nothing has happened yet is held too
    clock.advance(minutes=49)
    await chains.act(store, TOWNSHIP)
    assert await chains.keep(store) == 0
    clock.advance(hours=5)
    assert await chains.keep(store) == 3
    assert await chains.keep(store) == 0
    await store.close()


async def test_two_workers_at_once_make_one(fresh_database: Endpoints) -> None:
    await chains.plant(fresh_database)
    store = Store(fresh_database.app, FrozenClock(FOUR), pool_size=4)
    await chains.act(store, TOWNSHIP)
    made = await asyncio.gather(*(chains.keep(store) for _ in range(4)))
    assert sorted(made) == [0, 0, 0, 3]
    await store.close()


async def test_a_root_may_be_made_by_sm3_and_says_so(
    fresh_database: Endpoints, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chains.plant(fresh_database)
    monkeypatch.setattr("foundation.digests.current", lambda: SM3)
    store = Store(fresh_database.app, FrozenClock(FOUR), pool_size=1)
    await chains.act(store, TOWNSHIP)
    await chains.keep(store)
    await store.close()
    async with attacker(fresh_database) as session:
        assert set(await session.scalars(select(AuditCheckpoint.algorithm))) == {"sm3"}
        assert (await verify(session)).sound
        await session.execute(text("update audit_checkpoints set algorithm = 'sha256' where tenant_id = 100"))
        assert Flaw.ALTERED in {mismatch.flaw for mismatch in (await verify(session)).mismatches}


class TestAccess:
    """Who may read, and that nobody may write but through the function, in the province's scope."""

    @pytest.fixture
    async def store(self, chained: Endpoints) -> AsyncIterator[Store]:
        opened = Store(chained.app, FrozenClock(FOUR + timedelta(hours=2)), pool_size=1)
        yield opened
        await opened.close()

    async def test_a_tenant_reads_its_own_checkpoints_and_copies_only(self, store: Store) -> None:
        for tenant, held in ((PROVINCE, {PROVINCE}), (COUNTY, {COUNTY}), (PREFECTURE, {PREFECTURE}), (TOWNSHIP, set())):
            async with store.scoped(Scope(tenant, None)) as session:
                assert set(await session.scalars(select(AuditCheckpoint.tenant_id))) == held
                copies = set(await session.scalars(select(AuditWitness.tenant_id)))
            assert copies == ({PREFECTURE} if tenant == PREFECTURE else set())

    @pytest.mark.parametrize("table", ["audit_checkpoints", "audit_witnesses"])
    @pytest.mark.parametrize("verb", ["delete from {}", "update {} set root = ''", "insert into {} select * from {}"])
    async def test_the_application_writes_none_directly(self, store: Store, table: str, verb: str) -> None:
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with store.scoped(chains.SYSTEM) as session:
                await session.execute(text(verb.format(table, table)))

    @pytest.mark.parametrize("table", chains.UNLOCK)
    @pytest.mark.parametrize("verb", ["delete from {}", "update {} set tenant_id = tenant_id", "truncate {}"])
    async def test_the_owner_is_refused_too(self, chained: Endpoints, table: str, verb: str) -> None:
        owner = Store(chained.owner, FrozenClock(FOUR), pool_size=1)
        with pytest.raises(ProgrammingError, match="only ever appended to"):
            async with owner.anonymous() as session:
                await session.execute(text(verb.format(table)))
        await owner.close()

    @pytest.mark.parametrize("tenant", [PREFECTURE, COUNTY, TOWNSHIP])
    async def test_below_the_province_nobody_sees_heads_or_keeps_a_checkpoint(self, store: Store, tenant: int) -> None:
        async with store.scoped(Scope(tenant, None)) as session:
            assert (await session.execute(text("select * from checkpoint_heads()"))).all() == []
        with pytest.raises(ProgrammingError, match="kept by the province"):
            await self.forge(store, Scope(tenant, None), "{}", FOUR)

    async def test_a_checkpoint_of_the_future_or_of_a_head_that_never_was_is_not_kept(self, store: Store) -> None:
        with pytest.raises(ProgrammingError, match="an hour that has begun"):
            await self.forge(store, chains.SYSTEM, "{}", FOUR + timedelta(days=1))
        with pytest.raises(Exception, match="never was"):
            await self.forge(store, chains.SYSTEM, f'{{"{TOWNSHIP}": [7, "00", null, null]}}', FOUR)

    async def forge(self, store: Store, scope: Scope, heads: str, at: datetime) -> None:
        statement = text("select checkpoint_keep(:t, :at, 'sha256', 'x', cast(:heads as jsonb))")
        async with store.scoped(scope) as session:
            await session.execute(statement, {"t": COUNTY, "at": hour_of(at), "heads": heads})
