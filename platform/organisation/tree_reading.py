"""The tree on a day, and a tenant's own history: names, codes, parents, what it came from and what came after it."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from foundation.clock import local_date
from foundation.errors import NotFound, invalid
from foundation.language import N_
from foundation.store import instant
from organisation.tree_history import NO_END, OfficeVersion, PlaceVersion, TenantVersion, TreeSuccessor
from organisation.tree_plans import TreePlan


class Unit(Struct, frozen=True):
    """A tenant as it stood on a day. `code`: of civil affairs, of a zone that of statistics."""

    id: int
    parent_id: int | None
    place_id: int
    tier: str
    kind: str
    name: str
    code: str


class UnitOffice(Struct, frozen=True):
    id: int
    kind: str
    name: str
    committee_id: int | None


class Branch(Struct, frozen=True):
    """`above`: the way up, topmost first."""

    on: date
    tenant: Unit
    above: tuple[Unit, ...]
    offices: tuple[UnitOffice, ...]
    children: tuple[Unit, ...]


class Spell(Struct, frozen=True):
    """A time in which nothing of this changed; `until` None = still so."""

    since: date
    until: date | None
    name: str
    kind: str
    code: str
    parent: str
    """Its name at the beginning of the spell; empty for the province."""


class Kin(Struct, frozen=True):
    """Another tenant that this one came from, or that came from this one; `ground`: the plan's document."""

    came: str
    since: date
    tenant_id: int
    name: str
    ground: str


class TenantHistory(Struct, frozen=True):
    """`ended_on` None = in force. Newest spell first."""

    tenant_id: int
    name: str
    ended_on: date | None
    spells: tuple[Spell, ...]
    predecessors: tuple[Kin, ...]
    successors: tuple[Kin, ...]


def check_day(session: AsyncSession, day: date) -> date:
    """Raises InvalidInput at `on`: what is to come is in the plans."""
    if day > local_date(instant(session)):
        raise invalid("on", "in_future", N_("日期不得晚于今天；以后的变动见区划调整方案"))
    return day


async def branch_on(session: AsyncSession, tenant_id: int | None, day: date) -> Branch:
    """One tenant (None: the province) with its offices and what was right below it; NotFound if it was not there."""
    check_day(session, day)
    who = TenantVersion.parent_id.is_(None) if tenant_id is None else TenantVersion.tenant_id == tenant_id
    tenant = next(iter(await _units(session, _on(day).where(who))), None)
    if tenant is None:
        raise NotFound
    below = await _units(session, _on(day).where(TenantVersion.parent_id == tenant.id))
    return Branch(
        on=day,
        tenant=tenant,
        above=await _above(session, tenant, day),
        offices=await _offices(session, tenant.id, day),
        children=tuple(below),
    )


async def units_on(session: AsyncSession, day: date) -> list[Unit]:
    """The whole tree of a day, in its order."""
    return await _units(session, _on(day))


async def _offices(session: AsyncSession, tenant_id: int, day: date) -> tuple[UnitOffice, ...]:
    of_it = OfficeVersion.tenant_id == tenant_id, OfficeVersion.since <= day, OfficeVersion.until > day
    columns = OfficeVersion.office_id, OfficeVersion.kind, OfficeVersion.name, OfficeVersion.committee_id
    rows = await session.execute(select(*columns).where(*of_it).order_by(OfficeVersion.office_id))
    return tuple(UnitOffice(*row) for row in rows)


async def history_of(session: AsyncSession, tenant_id: int) -> TenantHistory:
    """Raises NotFound."""
    found = await histories_of(session, [tenant_id])
    if not found:
        raise NotFound
    return found[0]


async def histories_of(session: AsyncSession, ids: Sequence[int]) -> list[TenantHistory]:
    """In the order of `ids`; one that never was is left out."""
    spells = await _spells(session, ids)
    before = await _kin(session, TreeSuccessor.successor_id, TreeSuccessor.tenant_id, ids)
    after = await _kin(session, TreeSuccessor.tenant_id, TreeSuccessor.successor_id, ids)
    return [
        TenantHistory(
            tenant_id=one,
            name=spells[one][-1].name,
            ended_on=spells[one][-1].until,
            spells=tuple(reversed(spells[one])),
            predecessors=tuple(before.get(one, ())),
            successors=tuple(after.get(one, ())),
        )
        for one in ids
        if one in spells
    ]


CODE = func.coalesce(PlaceVersion.code_mca, PlaceVersion.code_nbs, "")


def same_place() -> ColumnElement[bool]:
    """A version of a tenant and one of its place that stood at the same time."""
    return and_(
        PlaceVersion.place_id == TenantVersion.place_id,
        PlaceVersion.since < TenantVersion.until,
        TenantVersion.since < PlaceVersion.until,
    )


def _on(day: date) -> Select[int, int | None, int, str, str, str, str]:
    return (
        select(TenantVersion.tenant_id, TenantVersion.parent_id, TenantVersion.place_id, TenantVersion.tier,
               TenantVersion.kind, TenantVersion.name, CODE)
        .join(PlaceVersion, same_place())
        .where(TenantVersion.since <= day, TenantVersion.until > day)
        .where(PlaceVersion.since <= day, PlaceVersion.until > day)
        .order_by(TenantVersion.tenant_id)
    )  # fmt: skip


async def _units(session: AsyncSession, query: Select[int, int | None, int, str, str, str, str]) -> list[Unit]:
    return [Unit(*row) for row in await session.execute(query)]


async def _above(session: AsyncSession, tenant: Unit, day: date) -> tuple[Unit, ...]:
    line: list[Unit] = []
    parent = tenant.parent_id
    while parent is not None:
        [one] = await _units(session, _on(day).where(TenantVersion.tenant_id == parent))
        line.insert(0, one)
        parent = one.parent_id
    return tuple(line)


async def _spells(session: AsyncSession, ids: Sequence[int]) -> dict[int, list[Spell]]:
    """Oldest first; a version in which only something farther up changed goes on with the one before."""
    above = aliased(TenantVersion)
    since = func.greatest(TenantVersion.since, PlaceVersion.since)
    parent_then = and_(above.tenant_id == TenantVersion.parent_id, above.since <= since, above.until > since)
    query = (
        select(TenantVersion.tenant_id, since, func.least(TenantVersion.until, PlaceVersion.until), TenantVersion.name,
               PlaceVersion.kind, CODE, func.coalesce(above.name, ""))
        .join(PlaceVersion, same_place())
        .outerjoin(above, parent_then)
        .where(TenantVersion.tenant_id.in_(ids))
        .order_by(TenantVersion.tenant_id, since)
    )  # fmt: skip
    spells: dict[int, list[Spell]] = {}
    for tenant, began, ended, *what in await session.execute(query):
        told = spells.setdefault(tenant, [])
        same = told and [told[-1].name, told[-1].kind, told[-1].code, told[-1].parent] == what
        began = told.pop().since if same else began
        told.append(Spell(began, None if ended == NO_END else ended, *what))
    return spells


async def _kin(
    session: AsyncSession, mine: InstrumentedAttribute[int], other: InstrumentedAttribute[int], ids: Sequence[int]
) -> dict[int, list[Kin]]:
    """Named as on the day of the change, or as last before it."""
    called = aliased(TenantVersion)
    name = (
        select(called.name)
        .where(called.tenant_id == other)
        .order_by((called.since <= TreeSuccessor.since).desc(), called.since.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(mine, TreeSuccessor.came, TreeSuccessor.since, other, name, TreePlan.ground)
        .join(TreePlan, TreePlan.id == TreeSuccessor.plan_id)
        .where(mine.in_(ids), TreeSuccessor.office_id.is_(None))
        .order_by(mine, TreeSuccessor.since, other)
    )
    kin: dict[int, list[Kin]] = {}
    for one, *row in await session.execute(query):
        kin.setdefault(one, []).append(Kin(*row))
    return kin
