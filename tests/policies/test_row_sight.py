"""The functions that row-level security asks say what the policies said when they were written out."""

from datetime import timedelta

from sqlalchemy import text

from cases.relations import grant
from foundation.store import Scope
from migrations.protection import IN_FORCE, full_sight
from policies.relations import Relation
from tests.cases.build import Walk, assessing, entrusted
from tests.world import World

READERS = ("jiantang.clerk", "jiantang.head", "xgll.director", "xgll.handler", "deqin.director", "diqing.director",
           "diqing.supervisor", "yunnan.lgo", "weixi.director", "yunnan.admin")  # fmt: skip
PARTY = f"""exists (select from cases c join case_relations r on r.case_id = c.id where c.id = e.case_id
    and r.person_id = (select case_person()) and {IN_FORCE} and r.relation = 'self')"""
TOLD = text(f"""
    select e.number, e.moment, case_shows(e.case_id), case_sight(e.case_id, e.at), case_party(e.case_id, 'self'),
        exists (select from cases c where c.id = e.case_id), {full_sight("e.case_id", "e.at")}, {PARTY}
    from unnest(cast(:cases as uuid[])) with ordinality as n(case_id, number)
    cross join lateral unnest(cast(:moments as timestamptz[])) with ordinality as m(at, moment)
    cross join lateral (select n.case_id, n.number, m.at, m.moment) e
""")
Row = tuple[int, int, bool, bool, bool]


async def told(world: World, scope: Scope, walks: list[Walk]) -> set[Row]:
    """What the functions say; asserts that what is written out says the same, under the same policies."""
    now = world.clock.now()
    moments = [now - timedelta(days=1), now + timedelta(days=1)]
    async with world.store.scoped(scope) as session:
        rows = (await session.execute(TOLD, {"cases": [walk.case_id for walk in walks], "moments": moments})).all()
    assert all(row[2:5] == row[5:8] for row in rows), [row for row in rows if row[2:5] != row[5:8]]
    return {(row[0], row[1], *row[2:5]) for row in rows}


async def test_rows_show_by_the_functions_as_by_the_policies_written_out(world: World) -> None:
    """Custody, above it, a team, an offer, a former holder up to the handover, the removed, a party, strangers."""
    gone, offered, kept = (
        await entrusted(world, persons=1),
        await assessing(world, persons=1),
        await assessing(world, persons=1),
    )
    prefecture = await world.office("diqing.director")
    for walk in (gone, offered):
        await walk.do("xgll.director", "offer-handover", to_office_id=prefecture, reason="major")
    await gone.do("diqing.director", "accept-handover", no_conflict=True)
    deqin = await world.subject("deqin.director")
    async with world.owner() as session:
        case = await world.case(kept.case_id)
        session.add(case)
        session.info["instant"] = world.clock.now()
        for relation in (Relation.WARNED, Relation.COMPLAINED_OF):
            await grant(session, case, relation, tenant_id=deqin.tenant_id, source="test")
    world.clock.advance(seconds=1)
    walks = [gone, offered, kept]
    seen = {login: await told(world, (await world.subject(login)).scope, walks) for login in READERS}
    assert {row[:4] for row in seen["xgll.director"] if row[0] == 1} == {(1, 1, True, True), (1, 2, True, False)}
    assert {row[2:4] for row in seen["diqing.director"]} == {(True, True)}
    assert {row[2:4] for row in seen["deqin.director"] | seen["weixi.director"]} == {(False, False)}
    party = (await gone.petitioners())[0]
    assert {row[2:] for row in await told(world, Scope(None, party.id), walks) if row[0] == 1} == {(True, False, True)}


async def test_no_policy_of_a_case_table_writes_the_sight_out(world: World) -> None:
    """A new table's migration says `case_sight(case_id, recorded_at)`, or ends with `ask_row_sight()`."""
    query = text(
        "select tablename from pg_policies where policyname = 'app_read' and qual like '%recorded_at < r.since%'"
    )
    async with world.owner() as session:
        assert (await session.scalars(query)).all() == []


async def test_the_staffs_sight_is_asked_before_a_partys(world: World) -> None:
    """PostgreSQL asks the policy first whose name comes last: nearly every row is read by staff."""
    async with world.owner() as session:
        named = await session.execute(
            text("""select p.tablename, p.policyname from pg_policies p
            where p.qual like '%case_party(%' and exists (
                select from pg_policies r where r.tablename = p.tablename and r.policyname = 'app_read')""")
        )
    asked = {table: policy for table, policy in named}
    assert asked and {table for table, policy in asked.items() if policy > "app_read"} == set()
