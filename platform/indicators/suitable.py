"""Aims that may be had (三, obligations 9, 10; N7): of what was found suitable, what was settled and what waits.

Only cases that were accepted for mediation count, never petitions. Year beside year is a comparison, not a rank: it
counts by who accepted them, in the tree of that time, so that no later move changes it. What waits is told by age and
by who holds it now, so that somebody looks after it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import local_date
from foundation.model import Base
from foundation.store import instant
from indicators.acceptances import AcceptanceCount
from indicators.hiding import hide
from indicators.overview import OWN_AND_LOWER, TOTALS_ONLY, tenant_below
from indicators.tree_then import OF_TIER, at_month_end, spans
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

YEARS = 3
AGES = (1, 3, 6, 12)
"""Months since acceptance that part the ages."""
Counted = tuple[date, str, int]
"""Month of acceptance, ending, how many."""


class SuitableCount(Base):
    """Accepted cases that the tenant's own offices hold, by the month of acceptance; triggers on cases keep them."""

    __tablename__ = "suitable_counts"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_month: Mapped[date] = mapped_column(primary_key=True)
    ending: Mapped[str] = mapped_column(primary_key=True)
    cases: Mapped[int]


class YearRow(Struct, frozen=True):
    """Accepted in that year, and how many of them are settled by now; None = hidden. The first year is the baseline."""

    year: int
    suitable: int | None
    settled: int | None
    open: int | None


class AgeRow(Struct, frozen=True):
    """Still unsettled, accepted `since` months ago or more and fewer than `until`; None = without an end."""

    since: int
    until: int | None
    cases: int | None


class Aims(Struct, frozen=True):
    years: tuple[YearRow, ...]
    waiting: tuple[AgeRow, ...]


async def aims(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> Aims:
    """Of the tenant (None: the own) and all below it; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.STATS_READ, Relation.NONE)
    tenant = await tenant_below(session, subject, tenant_id)
    today = local_date(instant(session))
    hidden = subject.role in TOTALS_ONLY
    years = _years(await _accepted(session, tenant, today), today.year, hidden=hidden)
    return Aims(years, _waiting(await _held(session, tenant), today, hidden=hidden))


async def _accepted(session: AsyncSession, tenant: Tenant, today: date) -> list[Counted]:
    """By who accepted them, below the tenant at the end of that month."""
    then, month = spans(), AcceptanceCount.accepted_month
    query = (
        select(month, AcceptanceCount.ending, func.sum(AcceptanceCount.cases))
        .join(then, (then.c.tenant_id == AcceptanceCount.tenant_id) & at_month_end(then, month, today))
        .where(then.c[OF_TIER[Tier(tenant.tier)]] == tenant.id, month >= date(today.year - YEARS + 1, 1, 1))
        .group_by(month, AcceptanceCount.ending)
    )
    return [(of_month, ending, number) for of_month, ending, number in await session.execute(query)]


async def _held(session: AsyncSession, tenant: Tenant) -> list[Counted]:
    """Unsettled, by who holds them now."""
    own, _ = OWN_AND_LOWER[tenant.tier]
    query = (
        select(SuitableCount.accepted_month, SuitableCount.ending, func.sum(SuitableCount.cases))
        .join(Tenant, Tenant.id == SuitableCount.tenant_id)
        .where(own == tenant.id, SuitableCount.ending == "")
        .group_by(SuitableCount.accepted_month, SuitableCount.ending)
    )
    return [(month, ending, number) for month, ending, number in await session.execute(query)]


def _years(counted: Sequence[Counted], present: int, *, hidden: bool) -> tuple[YearRow, ...]:
    years = range(present - YEARS + 1, present + 1)
    columns: dict[str, Counter[int]] = {"suitable": Counter(), "settled": Counter(), "": Counter()}
    for month, ending, number in counted:
        columns["suitable"][month.year] += number
        if ending in columns:
            columns[ending][month.year] += number
    shown: list[list[int | None]] = [[column[year] for year in years] for column in columns.values()]
    if hidden:
        shown = [hide(column) for column in shown]
    return tuple(YearRow(year, *row) for year, row in zip(years, zip(*shown, strict=True), strict=True))


def _waiting(counted: Sequence[Counted], today: date, *, hidden: bool) -> tuple[AgeRow, ...]:
    bounds = (0, *AGES)
    by_age: Counter[int] = Counter()
    for month, _, number in counted:
        age = (today.year - month.year) * 12 + today.month - month.month
        by_age[max(bound for bound in bounds if bound <= age)] += number
    cases: list[int | None] = [by_age[bound] for bound in bounds]
    ends = (*AGES, None)
    shown = hide(cases) if hidden else cases
    return tuple(AgeRow(since, until, number) for since, until, number in zip(bounds, ends, shown, strict=True))
