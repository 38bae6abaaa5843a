"""What stands where: one row per tenant below, to be drilled down. In the order of the tree, never ranked (N7)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from cases.steps import State
from foundation.clock import local_date
from foundation.errors import NotFound
from foundation.store import instant
from indicators.cells import Cells, cells, columns_of
from indicators.models import DueCount, TenantCount
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

TIERS = (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id, Tenant.township_id)
OWN_AND_LOWER: dict[str, tuple[InstrumentedAttribute[int | None], InstrumentedAttribute[int | None] | None]] = {
    tier: (column, TIERS[number + 1] if number + 1 < len(TIERS) else None)
    for number, (tier, column) in enumerate(zip(Tier, TIERS, strict=True))
}
TOTALS_ONLY = frozenset({"stats_reader"})
"""Roles with no way to a case: small counts are hidden from them."""


class Crumb(Struct, frozen=True):
    tenant_id: int
    name: str


class Child(Struct, frozen=True):
    """A tenant right below, with all that is held in and below it."""

    tenant_id: int
    name: str
    cells: Cells


class Overview(Struct, frozen=True):
    """`own`: held by the tenant's own offices. `above`: the way up, topmost first, as far as the subject's tenant."""

    tenant_id: int
    name: str
    tier: str
    above: tuple[Crumb, ...]
    total: Cells
    own: Cells
    below: tuple[Child, ...]
    hidden: bool


async def overview(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> Overview:
    """The tenant's cases (None: the subject's own) by the tenants below; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.STATS_READ, Relation.NONE)
    tenant = await tenant_below(session, subject, tenant_id)
    counted = await _counted(session, tenant)
    children = await _children(session, tenant, counted)
    rows = [counted.get(None, Counter()), *(counted.get(child.id, Counter()) for child in children)]
    total = sum(rows, Counter[str]())
    hidden = subject.role in TOTALS_ONLY
    own, *below = cells(rows, hidden=hidden)
    return Overview(
        tenant_id=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        above=await above_of(session, subject, tenant),
        total=cells([total], hidden=hidden)[0],
        own=own,
        below=tuple(Child(child.id, child.name, row) for child, row in zip(children, below, strict=True)),
        hidden=hidden,
    )


async def tenant_below(session: AsyncSession, subject: Subject, tenant_id: int | None) -> Tenant:
    """The tenant, if it is the subject's own or lies below it; NotFound otherwise."""
    tenant = await session.get(Tenant, subject.tenant_id if tenant_id is None else tenant_id)
    if tenant is None or subject.tenant_id not in _custody(tenant):
        raise NotFound
    return tenant


async def _counted(session: AsyncSession, tenant: Tenant) -> dict[int | None, Counter[str]]:
    """Counts by column, for each tenant right below; None stands for the tenant itself."""
    own, lower = OWN_AND_LOWER[tenant.tier]
    group = Tenant.id if lower is None else lower
    found: dict[int | None, Counter[str]] = {}
    held = (
        select(group, TenantCount.state, TenantCount.ending, func.sum(TenantCount.cases))
        .join(Tenant, Tenant.id == TenantCount.tenant_id)
        .where(own == tenant.id)
        .group_by(group, TenantCount.state, TenantCount.ending)
    )
    for key, state, ending, number in await session.execute(held):
        row = found.setdefault(None if lower is None else key, Counter())
        row.update(dict.fromkeys(columns_of(State(state), ending), number))
    due = select(group, func.sum(DueCount.cases)).join(Tenant, Tenant.id == DueCount.tenant_id)
    due = due.where(own == tenant.id, DueCount.due_on < local_date(instant(session))).group_by(group)
    for key, number in await session.execute(due):
        found.setdefault(None if lower is None else key, Counter())["overdue"] += number
    return found


async def _children(
    session: AsyncSession, tenant: Tenant, counted: Mapping[int | None, Counter[str]]
) -> Sequence[Tenant]:
    """Tenants in force right below, and ended ones that still hold cases."""
    holding = [key for key in counted if key is not None]
    shown: ColumnElement[bool] = or_(Tenant.valid_to.is_(None), Tenant.id.in_(holding))
    query = select(Tenant).where(Tenant.parent_id == tenant.id, shown).order_by(Tenant.id)
    return (await session.scalars(query)).all()


async def above_of(session: AsyncSession, subject: Subject, tenant: Tenant) -> tuple[Crumb, ...]:
    line = [above for above in _custody(tenant) if above is not None and above != tenant.id]
    within = line[line.index(subject.tenant_id) :] if subject.tenant_id in line else []
    query = select(Tenant.id, Tenant.name).where(Tenant.id.in_(within))
    names = {key: name for key, name in await session.execute(query)}
    return tuple(Crumb(key, names[key]) for key in within)


def _custody(tenant: Tenant) -> tuple[int | None, ...]:
    return (tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id)
