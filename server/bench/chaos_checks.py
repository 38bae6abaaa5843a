"""After the chaos: one holder, every acknowledged act once, chains whole, money balanced, counters as recounted."""

from collections import Counter

import asyncpg

from foundation.audit_chain import verify
from foundation.clock import SystemClock
from foundation.endpoints import Endpoints, asyncpg_dsn
from foundation.store import Store
from indicators.recount import recount
from server.bench import chaos_orders
from server.bench.chaos_clients import Journal

QUESTIONS = {
    "cases whose custody columns are not their holder's": """
        select count(*) from cases c join offices o on o.id = c.holder_office_id join tenants t on t.id = o.tenant_id
        where (c.province_id, c.prefecture_id, c.county_id, c.township_id)
            is distinct from (t.province_id, t.prefecture_id, t.county_id, t.township_id)""",
    "breaks in the chain of holders": """
        select count(*) from (
            select number, row_number() over w as nth, from_office_id, lag(to_office_id) over w as before
            from custody_moves window w as (partition by case_id order by number)) m
        where number <> nth or before <> from_office_id""",
    "cases that the last move did not bring to their holder": """
        select count(*) from cases c join lateral (
            select to_office_id from custody_moves m where m.case_id = c.id order by number desc limit 1) last on true
        where last.to_office_id <> c.holder_office_id""",
    "offers, locks and previews that don't agree": """
        select count(*) from cases c where (c.offer_id is not null) <> exists (
            select from handover_offers f where f.case_id = c.id and f.state = 'open' and f.id = c.offer_id)
        or (c.offer_id is not null) <> exists (select from case_relations r where r.case_id = c.id
            and r.relation = 'offered' and r.until > now())""",
    "accepted offers without their move, and moves without what made them": """
        select count(*) from custody_moves m full join (
            select 'handover_offers:' || id as source from handover_offers where state = 'accepted' union all
            select 'holder_disputes:' || id from holder_disputes
            where decided_at is not null and named_office_id <> holder_office_id) made using (source)
        where m.case_id is null or made.source is null""",
    "events without exactly one message": """
        select count(*) from events e where e.case_id = any($1::uuid[]) and 1 <> (
            select count(*) from outbox b where b.payload ->> 'event' = e.id::text)""",
    "events without a link of the audit": """
        select count(*) from events e where e.case_id = any($1::uuid[]) and e.act <> 'register' and not exists (
            select from audit_log a where a.object_id = e.case_id::text and a.at = e.recorded_at
            and a.detail ->> 'act' = e.act)""",
    "requests that are half answered": "select count(*) from idempotency_keys where status is null",
    "transactions of the ledger out of balance": """
        select count(*) from (select from ledger_entries group by transaction_id
                              having sum(debit_fen) <> sum(credit_fen)) t""",
    "transactions that waited for each other, since the database was last killed": """
        select deadlocks from pg_stat_database where datname = current_database()""",
    "cases settled twice": """
        select count(*) from (select from settlements where status <> 'returned' group by case_id
                              having count(*) > 1) t""",
}
"""Each counts what is wrong. $1: the cases that were played."""
ACTS = """
select case_id::text, act, count(*) from events where case_id = any($1::uuid[])
and act not in ('register', 'approve-registration') group by 1, 2
"""


async def check(endpoints: Endpoints, journal: Journal) -> dict[str, int]:
    """What was looked at, and how often it was wrong."""
    cases = sorted({case for case, _ in (*journal.done, *journal.unknown)})
    owner = await asyncpg.connect(asyncpg_dsn(endpoints.owner))
    try:
        await owner.execute("create index if not exists bench_outbox_event on outbox ((payload ->> 'event'))")
        await owner.execute("create index if not exists bench_audit_object on audit_log (object_id)")
        asked = [*QUESTIONS.items(), *chaos_orders.QUESTIONS.items()]
        found = {name: await owner.fetchval(sql, *([cases] if "$1" in sql else [])) for name, sql in asked}
        rows = await owner.fetch(ACTS, cases)
    finally:
        await owner.close()
    stored = Counter({(case, act): number for case, act, number in rows})
    found["acknowledged acts that are missing"] = (journal.done - stored).total()
    found["acts that nobody was told of, or twice"] = (stored - journal.done - journal.unknown).total()
    found["races that had no winner, or two"] = journal.nobody
    return found | await _by_the_rooms(endpoints)


async def _by_the_rooms(endpoints: Endpoints) -> dict[str, int]:
    """What the application itself proves and recounts."""
    store = Store(endpoints.owner, SystemClock(), pool_size=1)
    try:
        async with store.anonymous() as session:
            verdict, differences = await verify(session), await recount(session)
    finally:
        await store.close()
    return {"broken links of the audit": len(verdict.breaks), "counters that differ from a recount": len(differences)}
