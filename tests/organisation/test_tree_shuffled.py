"""Random plans over a small tree with cases in it: whatever is decided, what must always hold holds after each.

TIAOJIE_TREE_PLANS = how many plans, one day after another; TIAOJIE_TREE_SEED to see one of them again.
"""

import os
from collections.abc import AsyncIterator
from datetime import date
from random import Random
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct
from sqlalchemy import text

from cases.relations import CaseRelations
from foundation.cipher import Sealed
from foundation.clock import FrozenClock, local_date
from foundation.endpoints import Endpoints
from foundation.ids import new_id
from foundation.store import Store
from handover.tree_run import run_plan
from indicators.recount import recount
from organisation.divisions import Division, TreeFile
from organisation.tree_checks import try_out
from organisation.tree_drafting import ChangeForm, PlanForm, draft_plan, load_tree
from organisation.tree_import import import_tree
from organisation.tree_model import Tree, Unit
from organisation.tree_plans import Operation
from policies.start import open_gate
from server.catalogue import catalogue
from server.operator import OPERATOR
from server.recurring import system_subject
from server.tree_job import TREE
from tenants.tiers import Tier
from tests.conftest import NOON
from tests.world import KEYRING

PLANS = int(os.environ.get("TIAOJIE_TREE_PLANS", "8"))
SEED = int(os.environ.get("TIAOJIE_TREE_SEED", "6"))
STATES = ("registered", "assessing", "entrusted", "refused", "closed", "archived")
TIER_OF = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY, Tier.TOWNSHIP)


class Small(Struct):
    """The province of this test, and who draws."""

    owner: Store
    app: Store
    clock: FrozenClock
    draw: Random
    codes: set[str]


@pytest.fixture
async def small(fresh_database: Endpoints, clock: FrozenClock) -> AsyncIterator[Small]:
    """One province, two prefectures, six counties, twelve townships."""
    Sealed.use(KEYRING)
    catalogue()
    owner, app = Store(fresh_database.owner, clock, pool_size=2), Store(fresh_database.app, clock, pool_size=2)
    await open_gate(app, CaseRelations())
    async with owner.anonymous() as session:
        await import_tree(session, OPERATOR, TreeFile(divisions(), False), date(2025, 1, 1))
        await session.execute(
            text("insert into persons (id, name) select gen_random_uuid(), '甲' from generate_series(1, 2)")
        )
        await session.execute(
            text("insert into posts (id, person_id, office_id, role, since) select gen_random_uuid(), p.id, o.id,"
                 " 'sysadmin', '2025-01-01' from persons p, offices o join tenants t on t.id = o.tenant_id"
                 " where t.tier = 'P' and o.kind = 'workroom'")
        )  # fmt: skip
    yield Small(owner, app, clock, Random(SEED), {one.key for one in divisions()})
    await owner.close()
    await app.close()


def divisions() -> list[Division]:
    codes = ["530000", *(f"53{n:02}00" for n in (1, 2)), *(f"53{f:02}{c:02}" for f in (1, 2) for c in (1, 2, 3))]
    codes += [f"{county}{town}" for county in codes[3:] for town in (100, 101)]
    return [one_division(line, code) for line, code in enumerate(codes, start=2)]


def one_division(line: int, code: str) -> Division:
    depth = 3 if len(code) == 9 else 2 if code[4:] != "00" else 1 if code[2:] != "0000" else 0
    parent = (None, "530000", f"{code[:4]}00", code[:6])[depth]
    return Division(line, code, parent, TIER_OF[depth], f"甲{code}", "省州县镇"[depth], code, None)


async def test_after_any_plan_the_tree_its_past_and_its_cases_are_whole(small: Small) -> None:
    done = 0
    while done < PLANS:
        small.clock.advance(days=1)
        lines = await drawn(small)
        if not lines:
            continue
        await add_cases(small)
        await carry_out(small, lines)
        done += 1
        for question, query in WHOLE.items():
            async with small.owner.anonymous() as session:
                assert (await session.execute(text(query))).all() == [], (question, lines)
        async with small.owner.anonymous() as session:
            assert await recount(session) == []
            known = set((await session.scalars(text("select code_mca from place_versions"))).all())
        assert small.codes <= known


async def drawn(small: Small) -> list[ChangeForm]:
    """One to three lines that can be done, one after the other."""
    async with small.owner.anonymous() as session:
        tree = await load_tree(session)
    lines = [line for line in (one_line(small, tree) for _ in range(small.draw.randint(1, 3))) if line is not None]
    async with small.owner.anonymous() as session:
        _, errors = try_out(await load_tree(session), lines)
    small.codes |= {line.new_code for line in lines if line.new_code and not errors}
    return [] if errors else lines


def one_line(small: Small, tree: Tree) -> ChangeForm | None:
    draw, units = small.draw, [unit for unit in tree.units.values() if unit.parent is not None]
    unit = draw.choice(units)
    operation = draw.choice([one for one in Operation if one is not Operation.CREATE])
    line = ChangeForm(operation=operation, code=unit.code, **wanted(draw, tree, unit, operation))
    _, errors = try_out(tree, [line])
    return None if errors or operation is Operation.CLOSE else line


def wanted(draw: Random, tree: Tree, unit: Unit, operation: Operation) -> dict[str, Any]:
    fresh = str(draw.randint(10 ** (len(unit.code) - 1), 10 ** len(unit.code) - 1))
    if operation in (Operation.RENAME, Operation.RECODE):
        return {"name": f"乙{fresh}", "new_code": fresh if operation is Operation.RECODE else None}
    peers = [one for one in tree.units.values() if one.tier == unit.tier and one.id != unit.id]
    if operation is Operation.MERGE:
        return {"into_code": draw.choice(peers).code} if peers else {}
    if operation is Operation.MOVE:
        return {"parent_code": tree.units[draw.choice(peers or [unit]).parent or 0].code}
    children = [child.code for child in tree.children(unit.id)]
    gone = draw.sample(children, k=min(1, len(children)))
    return {"new_code": fresh, "name": f"丙{fresh}", "kind": "县", "members": gone}


async def add_cases(small: Small) -> None:
    """Six, at any offices in force that hold cases, in any state, anywhere below them."""
    at = "select o.id from offices o where o.valid_to is null and o.kind in ('workroom', 'window', 'committee')"
    async with small.owner.anonymous() as session:
        offices = (await session.scalars(text(f"{at} order by o.id"))).all()
        for number in range(6):
            one = new_id(small.clock.now())
            values = {"id": one, "office": small.draw.choice(offices), "state": small.draw.choice(STATES)}
            await session.execute(text(CASE), values | {"no": f"{one}", "now": small.clock.now(), "n": number})


async def carry_out(small: Small, lines: list[ChangeForm]) -> None:
    async with small.owner.anonymous() as session:
        form = PlanForm(effective_on=local_date(small.clock.now()), ground="测试", changes=lines)
        plan: UUID = (await draft_plan(session, OPERATOR, form)).id
        words = "insert into tree_words select :plan, person_id, id, true, :now from posts"
        await session.execute(text(words), {"plan": plan, "now": NOON})
        await session.execute(text("update tree_plans set state = 'approved' where id = :plan"), {"plan": plan})
    subject = await system_subject(small.app, TREE)
    assert subject is not None
    ran = await run_plan(small.app, subject, plan)
    assert ran.done, lines


CASE = """
insert into cases (id, version, registration_no, state, step, dispute_type, source, first_visit, person_count, place_id,
    holder_office_id, province_id, prefecture_id, county_id, township_id, filed_at, changed_at, closed_at)
select :id, 1, :no, cast(:state as text), 2, 1, 'visit', true, 1, coalesce((
        select p.id from places p where t.place_id in (p.prefecture_id, p.county_id, p.township_id)
        and p.valid_to is null order by p.tier desc, p.id offset :n % 2 limit 1), t.place_id),
    o.id, t.province_id, t.prefecture_id, t.county_id, t.township_id, :now, :now,
    case when cast(:state as text) in ('closed', 'archived') then cast(:now as timestamptz) end
from offices o join tenants t on t.id = o.tenant_id where o.id = :office
"""

WHOLE = {
    "an open case stands in the line of its office, which is in force": """
        select c.id from cases c join offices o on o.id = c.holder_office_id join tenants t on t.id = o.tenant_id
        where c.state not in ('refused', 'closed', 'archived')
        and ((c.province_id, c.prefecture_id, c.county_id, c.township_id) is distinct from
             (t.province_id, t.prefecture_id, t.county_id, t.township_id) or o.valid_to is not null)""",
    "an ended case is kept by tenants that are": """
        select c.id from cases c join tenants t on t.id in (c.prefecture_id, c.county_id, c.township_id)
        where t.valid_to is not null""",
    "a case's deepest column is its office's tenant": """
        select c.id from cases c join offices o on o.id = c.holder_office_id
        where o.tenant_id <> coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)""",
    "every tenant carries its ancestors": """
        select t.id from tenants t join tenants u on u.id = t.parent_id where t.valid_to is null
        and (u.valid_to is not null or u.id not in (t.province_id, t.prefecture_id, t.county_id)
             or t.province_id <> u.province_id or t.prefecture_id <> u.prefecture_id)""",
    "places stand as their tenants do": """
        select t.id from tenants t join places p on p.id = t.place_id left join tenants u on u.id = t.parent_id
        where t.valid_to is null and (p.parent_id is distinct from u.place_id or p.name <> t.name)""",
    "versions of a tenant follow one another from its first day to its last": """
        select v.tenant_id, v.since from (
            select *, lag(until) over w as before, lead(since) over w as after from tenant_versions
            window w as (partition by tenant_id order by since)) v
        join tenants t on t.id = v.tenant_id
        where v.since <> coalesce(v.before, t.valid_from)
        or v.until <> coalesce(v.after, t.valid_to, 'infinity')""",
    "the last version of a place says what the place is": """
        select p.id from places p join place_versions v on v.place_id = p.id
        where v.until = coalesce(p.valid_to, 'infinity') and ((p.name, p.code_mca) is distinct from (v.name, v.code_mca)
        or p.valid_to is null and (p.parent_id, p.county_id) is distinct from (v.parent_id, v.county_id))""",
    "a place that was merged lies where its heir does": """
        select p.id from places p join tenants t on t.place_id = p.id join tenants n on n.id = heir_of(t.id)
        join places h on h.id = n.place_id
        where t.valid_to is not null and n.valid_to is null
        and (p.province_id, p.prefecture_id, p.county_id, p.township_id) is distinct from
            (h.province_id, h.prefecture_id, h.county_id, h.township_id)""",
    "codes in force are nobody else's": """
        select code_mca from places where valid_to is null group by 1 having count(*) > 1""",
    "nothing waits in a queue": "select case_id from tree_queue",
}
"""What must be so, and who breaks it."""
