"""Moving a township with ten thousand open cases to another county, while a tenant that is not concerned goes on
writing: seconds in all, the longest that any lock was held, and what the bystander's writes took before and during."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from cases.relations import CaseRelations
from foundation.clock import SystemClock, local_date
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.ids import new_id
from foundation.store import Store
from handover.tree_run import Ran, run_plan
from policies.start import open_gate
from server import memory
from server.bench.ground import Ground, Options, ground
from server.bench.report import Report, Tally
from server.catalogue import catalogue
from server.recurring import system_subject
from server.tree_job import TREE

CASES = 10_000
TOWNSHIP, COUNTIES = "533401103", ("533401", "533422")
"""小中甸镇 goes to the one of these counties under which it is not; the next time, back. No other bench acts there."""
CALM = 2.0
"""Seconds that the bystander writes before anything moves."""

HELD = """
with town as (select t.*, o.id as office from tenants t join places p on p.id = t.place_id
              join offices o on o.tenant_id = t.id and o.kind = 'window' where p.code_mca = $1),
taken as (
    select c.id from cases c, town where c.township_id is distinct from town.id and c.county_id is not null
    limit greatest(0, $2 - (select count(*) from cases x, town where x.holder_office_id = town.office
                            and x.state not in ('refused', 'closed', 'archived'))))
update cases c set holder_office_id = town.office, place_id = town.place_id, province_id = town.province_id,
    prefecture_id = town.prefecture_id, county_id = town.county_id, township_id = town.id, handler_id = null,
    state = 'assessing', step = 2, outcome = null, closed_at = null, archived_at = null, dossier_no = null
from town, taken where c.id = taken.id
"""
ELSEWHERE = """
select t.id from cases c join offices o on o.id = c.holder_office_id join tenants t on t.id = o.tenant_id
where t.tier = 'C' and t.prefecture_id <> (
    select x.prefecture_id from tenants x join places p on p.id = x.place_id where p.code_mca = $1) limit 1
"""
PLAN = """
with plan as (
    insert into tree_plans (id, tenant_id, effective_on, ground, state, drafted_by, recorded_at)
    select $1, t.prefecture_id, $2, '测量', 'approved', $3, $4
    from tenants t join places p on p.id = t.place_id where p.code_mca = $5
    returning id),
line as (
    insert into tree_changes (plan_id, ordinal, operation, code, parent_code)
    select id, 0, 'move', $5, $6 from plan)
insert into tree_words (plan_id, person_id, post_id, approves, recorded_at)
select plan.id, one.person_id, one.id, true, $4 from plan, (
    select distinct on (w.person_id) w.person_id, w.id from posts w join offices o on o.id = w.office_id
    join tenants t on t.id = o.tenant_id and t.tier = 'P'
    where w.since <= $4 and (w.until is null or w.until > $4) order by w.person_id limit 2) one
"""
COUNTY = "select c.code_mca from places p join places c on c.id = p.parent_id where p.code_mca = $1"


def measure(options: Options) -> Report:
    """At least twice as many cases as move."""
    with ground(msgspec.structs.replace(options, cases=max(options.cases, 2 * CASES))) as there:
        return asyncio.run(_measure(there))


async def _measure(there: Ground) -> Report:
    store = Store(there.endpoints.app, SystemClock())
    await open_gate(store, CaseRelations())
    catalogue()
    memory.settle()
    plan, elsewhere = await _prepare(there.endpoints)
    async with _bystander(there.endpoints, elsewhere) as stops:
        await asyncio.sleep(CALM)
        calm, began = perf_counter(), perf_counter()
        ran = await _run(store, plan)
        took = perf_counter() - began
        writes = await stops()
    await store.close()
    before = [one for one in writes[: int(len(writes) * CALM / (CALM + perf_counter() - calm))]]
    tally = Tally({"bystander_calm": before or writes, "bystander_during": writes[len(before) :] or writes})
    tally.ratios |= {
        "seconds": took, "cases": ran.cases, "cases_per_second": ran.cases / took,
        "longest_lock_ms": ran.longest * 1000, "bystander_longest_ms": max(tally.seconds["bystander_during"]) * 1000,
    }  # fmt: skip
    return tally.report("tree", there.cases)


async def _prepare(endpoints: Endpoints) -> tuple[UUID, int]:
    """Ten thousand open cases at the township's window, and an approved plan that moves it today."""
    connection = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    now = SystemClock().now()
    await connection.execute(HELD, TOWNSHIP, CASES)
    await connection.execute("vacuum analyze cases")
    here = await connection.fetchval(COUNTY, TOWNSHIP)
    there = next(code for code in COUNTIES if code != here)
    plan = new_id(now)
    await connection.execute(PLAN, plan, local_date(now), UUID(int=1), now, TOWNSHIP, there)
    elsewhere = await connection.fetchval(ELSEWHERE, TOWNSHIP)
    await connection.close()
    return plan, int(elsewhere)


async def _run(store: Store, plan: UUID) -> Ran:
    subject = await system_subject(store, TREE)
    assert subject is not None, "the ground has a tree"
    return await run_plan(store, subject, plan)


@asynccontextmanager
async def _bystander(endpoints: Endpoints, tenant: int) -> AsyncIterator[Any]:
    """A process of its own; the function ends it and gives the seconds of each of its writes."""
    arguments = ("-m", "server.bench.bystander", endpoints.app, str(tenant))
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None and process.stdout is not None
    await process.stdout.readline()

    async def stops() -> list[float]:
        told, _ = await process.communicate(b"")
        return msgspec.json.decode(told, type=list[float])

    try:
        yield stops
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
