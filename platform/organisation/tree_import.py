"""Bring the tree to what a file says: ids of our own, never reused; whoever is in force keeps the id between runs."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from foundation import audit
from foundation.errors import Conflict
from foundation.language import N_
from organisation.divisions import ZONE, BrokenFile, BrokenLine, Division, TreeFile
from organisation.tree_followers import leave_to_job
from organisation.tree_history import changes_take_effect
from organisation.tree_plan import Change, Present, What, plan
from organisation.tree_rows import office_rows, place_row, tenant_row
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Office, Place, Tenant
from tenants.subject import Subject
from tenants.tiers import DEPTH, Tier

LOCK = text("select pg_advisory_xact_lock(0x74726565)")
FIRST_OFFICE = 10_001
"""Far from the tenants' ids, so that one is never taken for the other unnoticed."""
SUSPICIOUS = 20
"""A file that would end more tenants than this looks cut; the caller must say that it is meant."""

ANCESTORS = """
with recursive tree as (
    select id, id as province_id, null::int as prefecture_id, null::int as county_id, null::int as township_id
    from {table} where parent_id is null
    union all
    select t.id, u.province_id, case t.tier when 'F' then t.id else u.prefecture_id end,
           case t.tier when 'C' then t.id else u.county_id end, case t.tier when 'T' then t.id end
    from tree u join {table} t on t.parent_id = u.id)
update {table} t set province_id = u.province_id, prefecture_id = u.prefecture_id, county_id = u.county_id,
       township_id = u.township_id
from tree u where u.id = t.id and (t.province_id, t.prefecture_id, t.county_id, t.township_id)
     is distinct from (u.province_id, u.prefecture_id, u.county_id, u.township_id)
"""

PLACES = text("select places_follow()")
"""The same for places; one that is no more lies where its heir lies."""


class LooksCut(Conflict):
    code = "looks_cut"
    message = N_("文件缺少 %(n)s 个现有单位，像是被截断；确需撤销须另行声明（--end-many）")


class NeedsPlan(Conflict):
    """What would move, rename or end units with cases is planned, approved by two, and told to the parties."""

    code = "needs_plan"
    message = N_("已有案件，%(n)s 项变动须经区划调整方案；确需直接导入须另行声明（--without-plan）")


class StillHoldsCases(Conflict):
    code = "still_holds_cases"
    message = N_("%(name)s 还有未归档案件，不能撤销；请先移交")


async def import_tree(
    session: AsyncSession,
    subject: Subject,
    file: TreeFile,
    valid_from: date,
    *,
    dry_run: bool = False,
    end_many: bool = False,
    without_plan: bool = False,
) -> list[Change]:
    """Make and report the changes, in one transaction; a session of the owner, for the tree is closed to the app.

    Raises BrokenFile (a zone without its county), LooksCut, NeedsPlan, StillHoldsCases.
    """
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    await session.execute(LOCK)
    await changes_take_effect(session, valid_from)
    present = await _in_force(session, zones=file.zones)
    await _check_against(session, file, present)
    changes = plan(present, file.divisions)
    ended = [change for change in changes if change.what is What.ENDED]
    if len(ended) > SUSPICIOUS and not end_many:
        raise LooksCut(n=len(ended))
    await _refuse_ending_holders(session, present, ended)
    if not (without_plan or dry_run):
        await _refuse_unplanned(session, changes)
    if changes and not dry_run:
        moved_cases = await _apply(session, subject, file, present, changes, valid_from)
        await _note(session, subject, changes, valid_from, moved_cases, without_plan=without_plan)
    return changes


async def _in_force(session: AsyncSession, *, zones: bool) -> list[Present]:
    above = aliased(Place)
    key = func.coalesce(Place.code_nbs if zones else Place.code_mca, "")
    query = (
        select(Tenant.id, Place.id, key, above.code_mca, Tenant.tier, Place.name, Place.kind, Place.code_nbs)
        .join(Place, Place.id == Tenant.place_id)
        .outerjoin(above, above.id == Place.parent_id)
        .where(Tenant.valid_to.is_(None), (Tenant.kind == ZONE) if zones else (Tenant.kind != ZONE))
        .order_by(Tenant.id)
    )
    return [Present(*row) for row in await session.execute(query)]


async def _check_against(session: AsyncSession, file: TreeFile, present: Sequence[Present]) -> None:
    """A division keeps its tier; a zone hangs below a host county that is in force."""
    tiers = {row.key: row.tier for row in present}
    broken = [
        BrokenLine(row.line, N_("层级与现有单位不同：%(code)s"), {"code": row.key})
        for row in file.divisions
        if tiers.get(row.key, row.tier) != row.tier
    ]
    if file.zones:
        known = {row.key for row in await _in_force(session, zones=False)}
        broken += [
            BrokenLine(zone.line, N_("所在县不在组织树中：%(code)s"), {"code": zone.parent or ""})
            for zone in file.divisions
            if zone.parent not in known
        ]
    if broken:
        raise BrokenFile(*broken)


async def _refuse_unplanned(session: AsyncSession, changes: Sequence[Change]) -> None:
    """New units and codes of statistics concern no case; before the first case nothing does."""
    unplanned = [change for change in changes if change.what in (What.RENAMED, What.MOVED, What.ENDED)]
    if unplanned and await session.scalar(text("select exists (select from cases)")):
        raise NeedsPlan(n=len(unplanned))


async def _refuse_ending_holders(session: AsyncSession, present: Sequence[Present], ended: Sequence[Change]) -> None:
    if not ended:
        return
    ending = {change.key for change in ended}
    ids = {row.id: row.name for row in present if row.key in ending}
    holders = (await session.scalars(text("select tenants_in_use(:ids)"), {"ids": list(ids)})).all()
    if holders:
        raise StillHoldsCases(name=ids[holders[0]])


async def _apply(
    session: AsyncSession,
    subject: Subject,
    file: TreeFile,
    present: Sequence[Present],
    changes: Sequence[Change],
    valid_from: date,
) -> int:
    """Returns how many open cases are to follow a tenant that moved."""
    ids = {row.key: row.id for row in await _in_force(session, zones=False)}
    ids |= {row.key: row.id for row in present}
    by_what = {what: {change.key for change in changes if change.what is what} for what in What}
    new = sorted((row for row in file.divisions if row.key in by_what[What.NEW]), key=lambda row: DEPTH[row.tier])
    await _insert(session, new, ids, valid_from)
    changed = by_what[What.RENAMED] | by_what[What.MOVED] | by_what[What.RECODED]
    old = {row.key: row for row in present}
    for row in file.divisions:
        if row.key in changed:
            await _update(session, old[row.key], row, ids)
    await _end(session, [ids[key] for key in by_what[What.ENDED]], valid_from)
    await session.execute(text(ANCESTORS.format(table="tenants")))
    await session.execute(PLACES)
    moved = [change for change in changes if change.what is What.MOVED]
    return await leave_to_job(session, subject, moved, ids, valid_from) if moved else 0


async def _insert(session: AsyncSession, new: Sequence[Division], ids: dict[str, int], valid_from: date) -> None:
    """Parents first. A place and its tenant begin with the same id; `ids` learns the new ones."""
    if not new:
        return
    highest = max(
        await session.scalar(select(func.coalesce(func.max(Tenant.id), 0))) or 0,
        await session.scalar(select(func.coalesce(func.max(Place.id), 0))) or 0,
    )
    ids |= {row.key: highest + number for number, row in enumerate(new, start=1)}
    await session.execute(insert(Place), [place_row(row, ids, valid_from) for row in new])
    await session.execute(insert(Tenant), [tenant_row(row, ids, valid_from) for row in new])
    first = (await session.scalar(select(func.max(Office.id))) or FIRST_OFFICE - 1) + 1
    await session.execute(insert(Office), office_rows(new, ids, first, valid_from))


async def _update(session: AsyncSession, old: Present, new: Division, ids: Mapping[str, int]) -> None:
    parent = ids[new.parent] if new.parent else None
    place = {"name": new.name, "kind": new.kind, "code_nbs": new.code_nbs, "parent_id": parent}
    code = new.parent if new.tier is Tier.TOWNSHIP else new.key
    await session.execute(update(Place).where(Place.id == old.place_id).values(place))
    tenant = {"name": new.name, "parent_id": parent, "county_code": code}
    await session.execute(update(Tenant).where(Tenant.id == old.id).values(tenant))
    if old.name != new.name:
        renamed = func.replace(Office.name, old.name, new.name)
        await session.execute(update(Office).where(Office.tenant_id == old.id).values(name=renamed))


async def _end(session: AsyncSession, ids: Sequence[int], on: date) -> None:
    """Rows stay: their ids are never given again, and old cases keep naming them."""
    if not ids:
        return
    places = select(Tenant.place_id).where(Tenant.id.in_(ids)).scalar_subquery()
    await session.execute(update(Place).where(Place.id.in_(places)).values(valid_to=on))
    await session.execute(update(Tenant).where(Tenant.id.in_(ids)).values(valid_to=on))
    ending = Office.tenant_id.in_(ids), Office.valid_to.is_(None)
    await session.execute(update(Office).where(*ending).values(valid_to=on))


async def _note(
    session: AsyncSession,
    subject: Subject,
    changes: Sequence[Change],
    valid_from: date,
    moved_cases: int,
    *,
    without_plan: bool,
) -> None:
    """One link in the province's chain, with the numbers of each kind of change."""
    province = await session.scalar(select(Tenant.id).where(Tenant.parent_id.is_(None), Tenant.valid_to.is_(None)))
    counts = {what.value: sum(change.what is what for change in changes) for what in What}
    detail = counts | {"valid_from": valid_from.isoformat(), "moved_cases": moved_cases}
    detail |= {"without_plan": True} if without_plan else {}
    entry = audit.Entry(subject.actor, None, Action.TENANT_MANAGE, "tree", str(province), detail=detail)
    await audit.append(session, entry, province or 0)
