"""Sight after the tree has moved: nobody loses a case it holds, nobody keeps one it should not see (result 7)."""

from uuid import UUID

from sqlalchemy import or_, select, text

from cases.models import Case
from indicators.recount import recount
from policies import gate
from policies.actions import Action
from tenants.subject import Subject
from tests.access.lending import lend_class, may, terms
from tests.cases.build import Walk, assessing, registered
from tests.organisation.planning import DEQIN, JIANTANG, WEIXI, XGLL, carried_out, misfits, tenant
from tests.world import World

NIL = UUID(int=7)
MOVE = {"operation": "move", "code": JIANTANG, "parent_code": DEQIN}


async def reviewer(world: World, code: str) -> Subject:
    """One who oversees: the county's reviewer of fees."""
    there = await tenant(world, code)
    return Subject(NIL, "fee_reviewer", there.tier, there.id, 0, "justice_bureau")


async def sees(world: World, who: str | Subject) -> set[UUID]:
    """By the gate's list; and exactly those does the gate let through one by one, and the database show at least."""
    subject = await world.subject(who) if isinstance(who, str) else who
    async with world.store.scoped(subject.scope) as session:
        branches = gate.visible(subject, Action.CASE_STATUS)
        listed = set(await session.scalars(select(Case.id).where(or_(*branches)))) if branches else set()
        shown = (await session.scalars(select(Case))).all()
        singly = {
            case.id for case in shown if Action.CASE_STATUS in (await gate.permissions(session, subject, case)).actions
        }
    assert listed == singly
    assert listed <= {case.id for case in shown}
    return listed


async def in_scope(world: World, login: str) -> set[UUID]:
    """What the database would show, whatever the post."""
    async with world.as_(login) as (session, _):
        return set(await session.scalars(select(Case.id)))


async def ended(world: World) -> Walk:
    """A case of the township that was closed, as its deadline of archiving has it: by the owner's hand."""
    walk = await registered(world, persons=1)
    async with world.owner() as session:
        await session.execute(
            text("update cases set state = 'closed', step = 8, closed_at = :now where id = :id"),
            {"now": world.clock.now(), "id": walk.case_id},
        )
    return walk


async def order(world: World, walk: Walk, office: int) -> None:
    """An order of the county's over the township's case, with the sight that goes with it."""
    rows = {"case": walk.case_id, "office": office, "now": world.clock.now()}
    async with world.owner() as session:
        made = await session.scalar(
            text(
                "insert into supervision_orders (id, case_id, kind, ground, requirements, contact, deadline, state,"
                " urged, issuer_office_id, issuer_tenant_id, recorded_at, recorded_by, province_id, prefecture_id,"
                " county_id, township_id) select gen_random_uuid(), c.id, 'order', 'major', '\\x00', '科室',"
                " cast(:now as timestamptz) + interval '30 days', 'open', 0, o.id, o.tenant_id, :now,"
                " gen_random_uuid(), c.province_id, c.prefecture_id, c.county_id, c.township_id"
                " from cases c, offices o where c.id = :case and o.id = :office returning id"
            ),
            rows,
        )
        await session.execute(
            text(
                "insert into case_relations (id, case_id, relation, tenant_id, office_id, since, until, source)"
                " select gen_random_uuid(), :case, 'supervises', o.tenant_id, o.id, :now, 'infinity',"
                " 'supervision_orders:' || cast(:order as uuid) from offices o where o.id = :office"
            ),
            rows | {"order": made},
        )


async def test_who_sees_what_before_and_after_a_township_goes_to_another_county(own_world: World) -> None:
    world = own_world
    open_case, closed, countys = await registered(world, persons=2), await ended(world), await assessing(world)
    lgo = await world.subject("xgll.lgo")
    await order(world, open_case, lgo.office_id or 0)
    mine = {open_case.case_id, closed.case_id, countys.case_id}
    township = mine - {countys.case_id}
    xgll, deqin, weixi = [await reviewer(world, code) for code in (XGLL, DEQIN, WEIXI)]
    assert (await sees(world, xgll), await sees(world, deqin)) == (mine, set())
    world.clock.advance(seconds=60)
    await carried_out(world, MOVE)
    world.clock.advance(seconds=1)
    assert await sees(world, "jiantang.head") == township | {countys.case_id}
    assert await sees(world, xgll) == {closed.case_id, countys.case_id}
    assert await sees(world, "xgll.lgo") == {closed.case_id, countys.case_id}
    assert await sees(world, "xgll.director") == {countys.case_id}
    assert await sees(world, deqin) == {open_case.case_id}
    assert await sees(world, "diqing.supervisor") == mine
    assert await sees(world, weixi) == await sees(world, "deqin.director") == set()
    assert await in_scope(world, "xgll.director") == {closed.case_id, countys.case_id}
    assert await in_scope(world, "deqin.director") == {open_case.case_id}
    assert await misfits(world) == 0
    async with world.owner() as session:
        assert await recount(session) == []
        issuer = await session.scalar(
            text("select t.name from supervision_orders s join tenants t on t.id = s.issuer_tenant_id")
        )
        standing = await session.scalars(
            text("select t.name from case_relations r join tenants t on t.id = r.tenant_id"
                 " where r.relation = 'supervises' and r.until > :now"), {"now": world.clock.now()},
        )  # fmt: skip
        assert (issuer, standing.all()) == ("德钦县", ["德钦县"])


async def test_what_the_old_county_lent_to_the_township_ends(own_world: World) -> None:
    """And what the township itself lent to its own people stays."""
    world = own_world
    countys = await assessing(world, persons=1)
    own = await registered(world, persons=1)
    town = await tenant(world, JIANTANG)
    await lend_class(world, "xgll.director", to_tenant_id=town.id, dispute_type=8, **terms(world))
    assert "case:read" in await may(world, "jiantang.head", countys.case_id)
    world.clock.advance(seconds=60)
    await carried_out(world, MOVE)
    world.clock.advance(seconds=1)
    assert "case:read" not in await may(world, "jiantang.head", countys.case_id)
    assert "case:read" in await may(world, "jiantang.head", own.case_id)


async def test_a_merged_countys_people_cases_and_archive_go_to_the_successor(own_world: World) -> None:
    world = own_world
    held, town, closed = await assessing(world), await registered(world, persons=1), await ended(world)
    old = await world.subject("xgll.director")
    world.clock.advance(seconds=60)
    await carried_out(world, {"operation": "merge", "code": XGLL, "into_code": DEQIN}, by="yunnan.admin")
    world.clock.advance(seconds=1)
    deqin = await tenant(world, DEQIN)
    cases = [await world.case(one.case_id) for one in (held, town, closed)]
    assert {case.county_id for case in cases} == {deqin.id}
    assert await misfits(world) == 0
    mine = {held.case_id, town.case_id, closed.case_id}
    assert await in_scope(world, "deqin.director") == mine
    assert await sees(world, "deqin.director") == {held.case_id}
    async with world.owner() as session:
        assert await recount(session) == []
        posts = (
            await session.execute(
                text("select o.tenant_id, w.until is null from posts w join offices o on o.id = w.office_id"
                     " where w.person_id = :who and w.role = 'wr_director' order by w.since"),
                {"who": old.person_id},
            )
        ).all()  # fmt: skip
    assert [tuple(row) for row in posts] == [(old.tenant_id, False), (deqin.id, True)]
