"""A plan's day: its lines become rows of the tree, in the transaction in which the plan begins."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import to_builtins
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.divisions import ZONE, Division
from organisation.tree_checks import Effect
from organisation.tree_drafting import changes_of, check_plan, load_tree
from organisation.tree_history import Came, TreeSuccessor
from organisation.tree_import import ANCESTORS, FIRST_OFFICE, LOCK, PLACES
from organisation.tree_model import Tree, Unit
from organisation.tree_plans import APPROVERS, Operation, TreeChange, TreePlan
from organisation.tree_rows import office_rows, place_row, tenant_row
from organisation.tree_words import approvals
from policies.actions import Action
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import DEPTH, Tier

BEGIN = text("select tree_begin(:plan)")
STAFF = text("select tree_staff(:plan)")
UNTIE = text("select tree_unties(:plan)")
HAND_ON = text("select tree_hands_on(:plan)")
ENDS = {Operation.MERGE, Operation.CLOSE}


async def begin(session: AsyncSession, subject: Subject, plan_id: UUID) -> TreePlan:
    """Change the tree as the plan says. Raises InvalidInput when its lines no longer fit the tree, or who approved it
    is no longer in charge: nothing has changed then; the database refuses one that is not approved, whose day has not
    come, or at which another is at work."""
    await session.execute(LOCK)
    if await approvals(session, plan_id) < APPROVERS:
        raise invalid("words", "approver_gone", N_("批准人已不在岗，须由其他在岗人员补充批准"))
    await session.execute(BEGIN, {"plan": plan_id})
    plan = await session.get_one(TreePlan, plan_id, populate_existing=True)
    changes = await changes_of(session, plan_id)
    tree = await load_tree(session)
    before = dict(tree.units)
    effects = await check_plan(session, plan, tree, changes)
    ids = await _insert(session, tree, plan.effective_on)
    await _update(session, tree, before, ids)
    await _end(session, [one for one in before if one not in tree.units], plan.effective_on)
    await _chains(session)
    await _record(session, changes, effects, ids)
    await _succeed(session, plan, changes, effects, ids)
    await session.execute(PLACES)
    await session.execute(STAFF, {"plan": plan_id})
    await session.execute(UNTIE, {"plan": plan_id})
    await session.execute(HAND_ON, {"plan": plan_id})
    # Last: whoever acts below these tenants waits for their chains until this commits.
    await _note(session, subject, plan, effects, before)
    return plan


async def _insert(session: AsyncSession, tree: Tree, on: date) -> dict[int, int]:
    """Ids of their own for what the plan made, as `import_tree` gives them; returns id in memory -> id."""
    ids = {unit_id: unit_id for unit_id in tree.units if unit_id > 0}
    made = sorted((u for u in tree.units.values() if u.id < 0), key=lambda unit: DEPTH[Tier(unit.tier)])
    if not made:
        return ids
    highest = max([await session.scalar(select(func.max(model.id))) or 0 for model in (Tenant, Place)])
    ids |= {unit.id: highest + number for number, unit in enumerate(made, start=1)}
    codes = {tree.units[unit_id].code: key for unit_id, key in ids.items()}
    places = {unit.code: unit.place_id if unit.id > 0 else ids[unit.id] for unit in tree.units.values()}
    rows = [_division(tree, unit) for unit in made]
    await session.execute(insert(Place), [place_row(row, places, on) for row in rows])
    tenants = [
        tenant_row(row, codes, on) | {"county_code": tree.county_code(u)} for row, u in zip(rows, made, strict=True)
    ]
    await session.execute(insert(Tenant), tenants)
    await _chains(session)
    first = (await session.scalar(select(func.max(Office.id))) or FIRST_OFFICE - 1) + 1
    await session.execute(insert(Office), office_rows(rows, codes, first, on))
    return ids


async def _chains(session: AsyncSession) -> None:
    await session.execute(text(ANCESTORS.format(table="tenants")))
    await session.execute(PLACES)


def _division(tree: Tree, unit: Unit) -> Division:
    parent = tree.units[unit.parent].code if unit.parent is not None else None
    mca, nbs = (None, unit.code) if unit.kind == ZONE else (unit.code, None)
    return Division(0, unit.code, parent, Tier(unit.tier), unit.name, unit.kind, mca, nbs)


async def _update(session: AsyncSession, tree: Tree, before: dict[int, Unit], ids: dict[int, int]) -> None:
    places = {unit.id: unit.place_id if unit.id > 0 else ids[unit.id] for unit in tree.units.values()}
    former = Tree(before.values())
    for unit in tree.units.values():
        old = before.get(unit.id)
        if old is None or (old == unit and tree.county_code(unit) == former.county_code(old)):
            continue
        parent = unit.parent
        place = {"name": unit.name, "kind": unit.kind, "parent_id": None if parent is None else places[parent]}
        place["code_nbs" if unit.zone else "code_mca"] = unit.code
        await session.execute(update(Place).where(Place.id == unit.place_id).values(place))
        tenant = {"name": unit.name, "parent_id": None if parent is None else ids[parent]}
        tenant["county_code"] = tree.county_code(unit)
        await session.execute(update(Tenant).where(Tenant.id == unit.id).values(tenant))
        if old.name != unit.name:
            named = Office.tenant_id == unit.id, Office.valid_to.is_(None), Office.name.contains(old.name)
            renamed = func.replace(Office.name, old.name, unit.name)
            await session.execute(update(Office).where(*named).values(name=renamed))


async def _end(session: AsyncSession, ids: Sequence[int], on: date) -> None:
    """Rows stay: their ids are never given again, and old cases keep naming them."""
    if not ids:
        return
    places = select(Tenant.place_id).where(Tenant.id.in_(ids)).scalar_subquery()
    await session.execute(update(Place).where(Place.id.in_(places)).values(valid_to=on))
    await session.execute(update(Tenant).where(Tenant.id.in_(ids)).values(valid_to=on))
    ending = Office.tenant_id.in_(ids), Office.valid_to.is_(None)
    await session.execute(update(Office).where(*ending).values(valid_to=on))


async def _record(
    session: AsyncSession, changes: Sequence[TreeChange], effects: Sequence[Effect], ids: dict[int, int]
) -> None:
    """What each line did, with the ids that were given; the job reads there whose cases come along."""
    for change, effect in zip(changes, effects, strict=True):
        moved = [ids.get(one, one) for one in effect.moved]
        change.tenant_id = ids.get(effect.subject, effect.subject)
        change.effect = {
            "tenants": sorted(set(moved)),
            "made": ids.get(effect.made, effect.made) if effect.made else None,
            "into": ids.get(effect.into, effect.into) if effect.into else None,
            "before": _told(effect.before, ids),
            "after": _told(effect.after, ids),
        }
    await session.flush()


def _told(unit: Unit | None, ids: dict[int, int]) -> dict[str, Any] | None:
    if unit is None:
        return None
    parent = None if unit.parent is None else ids.get(unit.parent, unit.parent)
    return {"name": unit.name, "kind": unit.kind, "code": unit.code, "parent": parent}


async def _succeed(
    session: AsyncSession, plan: TreePlan, changes: Sequence[TreeChange], effects: Sequence[Effect], ids: dict[int, int]
) -> None:
    """Who takes whose place: tenant by tenant, and office by office of the same kind."""
    for change, effect in zip(changes, effects, strict=True):
        later = {Operation.MERGE: effect.into, Operation.SPLIT: effect.made}.get(Operation(change.operation))
        if later is not None:
            came = Came.MERGED if change.operation == Operation.MERGE else Came.SPLIT
            await _take_place(session, plan, came, effect.subject, ids[later])


async def _take_place(session: AsyncSession, plan: TreePlan, came: Came, old: int, new: int) -> None:
    session.add(_successor(session, plan, came, old, new))
    theirs: dict[str, Office] = {}
    standing = Office.tenant_id == new, Office.valid_to.is_(None)
    for office in await session.scalars(select(Office).where(*standing).order_by(Office.id)):
        theirs.setdefault(office.kind, office)
    former = select(Office).where(Office.tenant_id == old).order_by(Office.id)
    if came is Came.SPLIT:  # of a merged one also what was closed long ago: its archive goes along
        former = former.where(_until(plan.effective_on))
    for office in await session.scalars(former):
        if office.kind in theirs:
            session.add(_successor(session, plan, came, old, new, office.id, theirs[office.kind].id))
            posted = Office.committee_id == office.id, Office.valid_to.is_(None), Office.tenant_id != old
            if came is Came.MERGED:
                await session.execute(update(Office).where(*posted).values(committee_id=theirs[office.kind].id))
    await session.flush()


def _until(on: date) -> Any:
    """An office in force until this plan."""
    return Office.valid_to.is_(None) | (Office.valid_to == on)


def _successor(
    session: AsyncSession, plan: TreePlan, came: Came, old: int, new: int,
    office: int | None = None, successor: int | None = None,
) -> TreeSuccessor:  # fmt: skip
    return TreeSuccessor(
        id=new_id(instant(session)), plan_id=plan.id, came=came.value, since=plan.effective_on, tenant_id=old,
        successor_id=new, office_id=office, successor_office_id=successor,
    )  # fmt: skip


async def _note(
    session: AsyncSession, subject: Subject, plan: TreePlan, effects: Sequence[Effect], before: dict[int, Unit]
) -> None:
    """Into the chains of the plan's tenant and of those that lose or gain a unit; each case has its link in its own."""
    parents = {before[effect.subject].parent for effect in effects if effect.subject in before}
    takers = {effect.into for effect in effects if effect.into in before}
    detail = {"begins": to_builtins(plan.effective_on), "lines": len(effects)}
    entry = audit.Entry(subject.actor, None, Action.TENANT_MANAGE, "tree_plan", str(plan.id), detail=detail)
    await audit.append(session, entry, *(one for one in {plan.tenant_id, *parents, *takers} if one is not None))
