"""Counters follow the cases in every transaction, and a recount finds no difference."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select, text, update

from cases.models import Case
from cases.timeline import holder_tenant
from indicators.models import DueCount, PlaceCount, TenantCount
from indicators.recount import recount, repair
from tests.people import registration
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    """All that is there counts: nobody else's cases."""
    return own_world


async def counts(world: World, tenant: int) -> Mapping[tuple[str, str], int]:
    query = select(TenantCount.state, TenantCount.ending, TenantCount.cases).where(TenantCount.tenant_id == tenant)
    async with world.owner() as session:
        return {(state, ending): cases for state, ending, cases in await session.execute(query) if cases}


async def registered(world: World) -> Case:
    return (await world.register("xgll.intake", **await registration(world, persons=1))).case


async def test_registering_adds_one_to_the_holder_and_to_the_place(world: World) -> None:
    first = await registered(world)
    tenant, place = holder_tenant(first), PlaceCount.place_id == first.place_id
    before = await counts(world, tenant)
    async with world.owner() as session:
        there = await session.scalar(select(PlaceCount.cases).where(place, PlaceCount.dispute_type == 8))
    await registered(world)
    after = await counts(world, tenant)
    async with world.owner() as session:
        assert (
            await session.scalar(select(PlaceCount.cases).where(place, PlaceCount.dispute_type == 8))
            == (there or 0) + 1
        )
    assert after == {**before, ("registered", ""): before["registered", ""] + 1}


async def test_an_approved_registration_moves_from_one_counter_to_the_other(world: World) -> None:
    case = await registered(world)
    before = await counts(world, holder_tenant(case))
    await world.do("xgll.director", case.id, "approve-registration", answer="approve")
    after = await counts(world, holder_tenant(case))
    assert after.get(("registered", ""), 0) == before["registered", ""] - 1
    assert after["assessing", ""] == before.get(("assessing", ""), 0) + 1


async def test_one_statement_over_many_rows_counts_each_of_them(world: World) -> None:
    case, other = await registered(world), await registered(world)
    due = datetime(2026, 4, 1, 15, 59, 59, tzinfo=UTC)
    mine = update(Case).where(Case.id.in_([case.id, other.id]))
    day = select(DueCount.cases).where(DueCount.tenant_id == holder_tenant(case), DueCount.due_on == date(2026, 4, 1))
    async with world.owner() as session:
        await session.execute(mine.values(state="entrusted", step=4, due_at=due))
    async with world.owner() as session:
        assert await session.scalar(day) == 2
        await session.execute(mine.values(state="archived", step=8, outcome="agreed"))
    async with world.owner() as session:
        assert await session.scalar(day) is None
    assert (await counts(world, holder_tenant(case)))["archived", "settled"] == 2


async def test_changes_of_one_transaction_are_added_up_at_its_end_and_those_of_a_savepoint_go_with_it(
    world: World,
) -> None:
    case = await registered(world)
    before = await counts(world, holder_tenant(case))
    change = update(Case).where(Case.id == case.id)
    async with world.owner() as session:
        await session.execute(change.values(state="assessing"))
        async with session.begin_nested() as savepoint:
            await session.execute(change.values(state="entrusted"))
            await savepoint.rollback()
        await session.execute(change.values(state="mediating"))
        assert await session.scalar(text("select count(*) from count_changes")) > 0
        stored = select(TenantCount.cases).where(TenantCount.tenant_id == holder_tenant(case))
        assert await session.scalar(stored.where(TenantCount.state == "registered")) == before["registered", ""]
    after = await counts(world, holder_tenant(case))
    changed = {key: after.get(key, 0) - before.get(key, 0) for key in after.keys() | before.keys()}
    assert {key: by for key, by in changed.items() if by} == {("registered", ""): -1, ("mediating", ""): 1}
    async with world.owner() as session:
        assert await session.scalar(text("select count(*) from count_changes")) == 0


async def test_a_recount_finds_no_difference_and_names_one_that_is_made(world: World) -> None:
    case = await registered(world)
    async with world.owner() as session:
        assert await recount(session) == []
        mine = TenantCount.tenant_id == holder_tenant(case)
        await session.execute(update(TenantCount).where(mine, TenantCount.state == "registered").values(cases=0))
        await session.execute(delete(PlaceCount).where(PlaceCount.place_id == case.place_id))
        assert {difference.table for difference in await recount(session)} == {"tenant_counts", "place_counts"}
        await repair(session)
        assert await recount(session) == []


async def test_a_deleted_row_leaves_its_counters(world: World) -> None:
    case = await registered(world)
    async with world.owner() as session:
        for table in ("interviews", "events", "deadlines", "timers", "claims", "papers", "case_relations", "parties"):
            await session.execute(text(f"delete from {table} where case_id = :case"), {"case": case.id})
        await session.execute(delete(Case).where(Case.id == case.id))
        assert await recount(session) == []


async def test_the_application_reads_counters_of_its_scope_and_writes_none(world: World) -> None:
    await registered(world)
    async with world.as_("deqin.director") as (session, subject):
        seen = set(await session.scalars(select(TenantCount.tenant_id)))
        county = select(TenantCount.cases).where(TenantCount.tenant_id != subject.tenant_id)
        assert seen <= {subject.tenant_id}
        assert (await session.scalars(county)).all() == []
        allowed = text(
            "select has_table_privilege('tenant_counts', 'insert') or has_table_privilege('tenant_counts', 'update')"
        )
        assert await session.scalar(allowed) is False
