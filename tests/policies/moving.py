"""A plan for the tree carried out in a random world by the database's own functions; and what must come of it, told a
second time in plain Python (decision 0039): open cases follow their office, closed ones stay with who answered for
them, and orders and complaints under way pass to whoever stands there now."""

from collections.abc import Iterator
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from msgspec import Struct, json, structs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.store import Scope, instant, set_scope
from policies.relations import Relation
from tenants.tiers import DEPTH, OfficeKind, Tier
from tests.conftest import NOON
from tests.policies.trees import PROVINCE, Place, office
from tests.policies.world import PERSONS, Held, Record, World, worlds

PLAN = UUID(int=9000)
OVERSIGHT = (Relation.SUPERVISES, Relation.HEARS)
BEGIN = text("""
    with plan as (
        insert into tree_plans (id, tenant_id, effective_on, ground, state, drafted_by, recorded_at, began_at)
        values (:plan, :province, '2026-03-02', '测试', 'running', :by, :now, :now) returning id),
    line as (
        insert into tree_changes (plan_id, ordinal, operation, code, tenant_id, effect)
        select id, 0, 'move', '-', :subject, jsonb_build_object('tenants', cast(:moved as jsonb)) from plan)
    update tenants t set province_id = (one.columns ->> 0)::int, prefecture_id = (one.columns ->> 1)::int,
        county_id = (one.columns ->> 2)::int, township_id = (one.columns ->> 3)::int
    from jsonb_to_recordset(cast(:tree as jsonb)) as one (id int, columns jsonb) where t.id = one.id
""")
BRING = text("select tree_collects(:plan), (select max(brought) from tree_brings(:plan, 100, false))")


class Move(Struct, frozen=True):
    """`subject` and all below it go below `parent`."""

    subject: Place
    parent: Place


def _moves(tree: list[Place], cases: list[Held]) -> list[Move]:
    """What could go elsewhere; where there are any, only those that take an open case along."""
    found = [
        Move(one, above)
        for one in tree
        for above in tree
        if DEPTH[above.tier] + 1 == DEPTH[one.tier] and above.id not in one.columns
    ]
    held = {one for case in cases if not case.closed for one in case.tenant.columns}
    return [move for move in found if move.subject.id in held] or found


@st.composite
def moving_worlds(draw: DrawFn) -> tuple[World, Move | None]:
    """Every second world that has somewhere to move to."""
    world = draw(worlds())
    found = _moves(world.tree or [], world.cases)
    goes: bool = draw(st.booleans())
    return world, draw(st.sampled_from([None, *found])) if found and goes else None


def after(place: Place, move: Move) -> Place:
    depth = DEPTH[move.subject.tier]
    if move.subject.id not in place.columns:
        return place
    first, *rest = (*move.parent.columns[:depth], *place.columns[depth:])
    return structs.replace(place, columns=(first, *rest))


async def carried_out(session: AsyncSession, world: World, move: Move) -> World:
    """By the database; returns the world as it must be then."""
    tree = [after(one, move) for one in world.tree or []]
    changed = [one for one, was in zip(tree, world.tree or [], strict=True) if one != was]
    await set_scope(session, Scope(PROVINCE, None), instant(session))
    values = {"plan": PLAN, "province": PROVINCE, "by": PERSONS[0], "now": NOON, "subject": move.subject.id}
    moved = json.encode([one.id for one in changed]).decode()
    await session.execute(BEGIN, {**values, "moved": moved, "tree": json.encode(changed).decode()})
    await session.execute(BRING, {"plan": PLAN})
    cases = [one if one.closed else structs.replace(one, tenant=after(one.tenant, move)) for one in world.cases]
    followed = {one.id: one for one, was in zip(cases, world.cases, strict=True) if one != was}
    tiers = {one.id: DEPTH[one.tier] for one in tree}
    records = [new for row in world.records for new in _passed(row, followed.get(row.case_id), tiers)]
    return structs.replace(world, tree=tree, cases=cases, records=records)


def _passed(row: Record, case: Held | None, depths: dict[int, int]) -> Iterator[Record]:
    """A record of oversight over a case that followed: of who stands above it still, or of who does so now."""
    heir = None
    if case is not None and row.relation in OVERSIGHT and row.until > NOON and row.tenant_id is not None:
        depth = depths[row.tenant_id]
        if row.tenant_id not in case.tenant.columns and depth < DEPTH[Tier.TOWNSHIP]:
            heir = case.tenant.columns[depth]
    if heir is None:
        yield row
        return
    desk = office(Place(heir, Tier.PROVINCE, (heir, None, None, None)), OfficeKind.WORKROOM)
    yield structs.replace(row, until=NOON)
    yield structs.replace(row, tenant_id=heir, office_id=desk, since=max(NOON, row.since))
