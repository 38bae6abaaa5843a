"""Orders over the cases that are played: one from above, and the county's own while it holds them, both in place.

The prefecture's stands whoever of its area holds the case; the county's ends when the case leaves the county, and with
it the sight that it opened.
"""

from server.bench.actors import Actors

ABOVE, OWN = "diqing.supervisor", "xgll.lgo"
ORDERING = "issue-order"
FORM = {"ground": "major", "requirements": "每周报告进展，尽快化解", "contact": "州工作室综合科"}
CHAIN = "array[c.province_id, c.prefecture_id, c.county_id, c.township_id]"
QUESTIONS = {
    "orders that don't lie where their case lies": """
        select count(*) from supervision_orders s join cases c on c.id = s.case_id
        where (s.province_id, s.prefecture_id, s.county_id, s.township_id)
            is distinct from (c.province_id, c.prefecture_id, c.county_id, c.township_id)""",
    "open orders of who no longer stands above": f"""
        select count(*) from supervision_orders s join cases c on c.id = s.case_id
        where s.struck_off_at is null and s.issuer_tenant_id <> all(array_remove({CHAIN}, null))""",
    "orders that ended though their issuer has stood above all along": """
        select count(*) from supervision_orders s where s.case_id = any($1::uuid[]) and s.struck_off_at is not null
        and s.issuer_tenant_id in (select prefecture_id from cases c where c.id = s.case_id)""",
    "cases that lost an order, or have one that nobody gave": """
        select count(*) from unnest($1::uuid[]) played
        where (select count(*) from supervision_orders s where s.case_id = played)
            <> (select count(*) from events e where e.case_id = played and e.act = 'issue-order')""",
    "sight that an order opened to who no longer stands above": f"""
        select count(*) from case_relations r join cases c on c.id = r.case_id
        where r.relation = 'supervises' and r.until > now() and r.tenant_id <> all(array_remove({CHAIN}, null))""",
}
"""Each counts what is wrong. $1: the cases that were played."""


async def put_under_order(people: Actors, case_id: str, version: int) -> int:
    """The one from above; the case's version after it."""
    address = f"/api/v1/cases/{case_id}/acts/{ORDERING}"
    return int((await people.post(await people.program(ABOVE), address, FORM, version)).json()["version"])
