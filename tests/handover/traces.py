"""All that the handovers of one case left behind: what one outcome is recognised by."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from tests.world import World

TRACES = """
select c.holder_office_id as holder, c.version, c.offer_id, c.county_id, c.township_id,
    coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id) = o.tenant_id as columns_agree,
    (select count(*) from handover_offers f where f.case_id = c.id and f.state = 'open') as open_offers,
    (select count(*) from custody_moves m where m.case_id = c.id) as moves,
    coalesce((select m.to_office_id from custody_moves m where m.case_id = c.id order by number desc limit 1),
             c.holder_office_id) = c.holder_office_id as chain_ends_here,
    (select count(*) from case_relations r where r.case_id = c.id and r.until > :now and r.relation = 'offered')
        as offered,
    (select count(*) from events e where e.case_id = c.id) as events,
    (select array_agg(e.act order by e.recorded_at, e.id) from events e where e.case_id = c.id) as acts,
    (select count(*) from papers p where p.case_id = c.id) as papers,
    (select count(*) from audit_log a where a.object_id = c.id::text and a.outcome = 'done') as links,
    (select count(*) from outbox b where b.payload ->> 'case' = c.id::text and b.topic = 'case.changed') as messages,
    (select count(*) from idempotency_keys) as answers
from cases c join offices o on o.id = c.holder_office_id where c.id = :case
"""


async def traces(world: World, case_id: UUID) -> dict[str, Any]:
    async with world.owner() as session:
        row = (await session.execute(text(TRACES), {"case": case_id, "now": world.clock.now()})).mappings().one()
    return dict(row)


async def check_whole(world: World, case_id: UUID) -> dict[str, Any]:
    """One holder, its columns, no offer left over, one event and one message for each act that was done."""
    found = await traces(world, case_id)
    assert found["columns_agree"] and found["chain_ends_here"]
    assert (found["offer_id"] is not None, found["offered"]) == (found["open_offers"] == 1, found["open_offers"])
    assert found["messages"] == found["events"]
    return found
