"""What a tenant passed on and why (条例28, against shuffling): counters by month, never a count over history.

By who sent the case away, in the tree of that month, so that no later move changes a figure. In the order of the
tree, never ranked (N7).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import invalid
from foundation.language import N_
from foundation.store import instant
from handover.models import OfferState, PassedCount
from indicators.hiding import hide
from indicators.overview import TOTALS_ONLY, Crumb, above_of, tenant_below
from indicators.tree_then import LOWER, OF_TIER, at_month_end, spans
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

COLUMN_OF = {
    OfferState.ACCEPTED.value: "passed",
    "named": "passed",
    OfferState.RETURNED.value: "returned",
    OfferState.WITHDRAWN.value: "ended",
    OfferState.EXPIRED.value: "ended",
    OfferState.OVERRULED.value: "ended",
    "kept": "ended",
    "looped": "looped",
}
"""By outcome. Came to nothing: withdrawn, lapsed, overruled, or the superior left the case where it was."""
COLUMNS = ("passed", "returned", "ended", "looped")
LOOP = "loop"
EARLIEST = 2000


class Figures(Struct, frozen=True):
    """None = hidden. `days`: that the passed ones had been held, on the mean; None also where none was passed."""

    passed: int | None
    returned: int | None
    ended: int | None
    looped: int | None
    days: int | None


class ReasonRow(Struct, frozen=True):
    """Of the tenant's own offices: direction and reason of the offers; `named` and the ground of the disputes."""

    direction: str
    reason: str
    figures: Figures


class ChildRow(Struct, frozen=True):
    """A tenant that was right below, with all that lay in and below it."""

    tenant_id: int
    name: str
    figures: Figures


class PassedOn(Struct, frozen=True):
    tenant_id: int
    name: str
    tier: str
    year: int
    before: int
    after: int | None
    above: tuple[Crumb, ...]
    own: Figures
    reasons: tuple[ReasonRow, ...]
    below: tuple[ChildRow, ...]
    hidden: bool


Sums = Counter[str]
"""By column, and `days` in sum."""


async def asked_tenant(session: AsyncSession, subject: Subject, tenant_id: int | None) -> Tenant:
    """The subject's own (None) or one below it, for who reads figures at all; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.STATS_READ, Relation.NONE)
    return await tenant_below(session, subject, tenant_id)


async def passed_on(
    session: AsyncSession, subject: Subject, tenant_id: int | None = None, year: int | None = None
) -> PassedOn:
    """Of one year (None: the present one), for the tenant itself and those above; raises Forbidden, NotFound."""
    tenant = await asked_tenant(session, subject, tenant_id)
    today = local_date(instant(session))
    asked = _year(year, today)
    hidden = subject.role in TOTALS_ONLY
    reasons = await _reasons(session, tenant, asked)
    names, below = await _below(session, tenant, asked, today)
    shown = {key: sums for key, sums in reasons.items() if key[0] != LOOP}
    by_reason = _figures(shown.values(), hidden=hidden)
    by_child = _figures((below.get(key, Sums()) for key in names), hidden=hidden)
    return PassedOn(
        tenant_id=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        year=asked,
        before=asked - 1,
        after=asked + 1 if asked < today.year else None,
        above=await above_of(session, subject, tenant),
        own=_figures([sum(reasons.values(), Sums())], hidden=hidden)[0],
        reasons=tuple(ReasonRow(*key, row) for key, row in zip(shown, by_reason, strict=True)),
        below=tuple(ChildRow(key, name, row) for (key, name), row in zip(names.items(), by_child, strict=True)),
        hidden=hidden,
    )


def _year(year: int | None, today: date) -> int:
    if year is not None and not EARLIEST <= year <= today.year:
        raise invalid("year", "out_of_range", N_("没有这一年的统计"))
    return year or today.year


async def _reasons(session: AsyncSession, tenant: Tenant, year: int) -> dict[tuple[str, str], Sums]:
    """Of the tenant's own offices, by direction and reason in the order of the words."""
    key = PassedCount.direction, PassedCount.reason, PassedCount.outcome
    query = (
        select(*key, func.sum(PassedCount.cases), func.sum(PassedCount.days))
        .where(PassedCount.tenant_id == tenant.id, _in(year))
        .group_by(*key)
        .order_by(*key)
    )
    found: dict[tuple[str, str], Sums] = {}
    for direction, reason, outcome, cases, days in await session.execute(query):
        found.setdefault((direction, reason), Sums()).update(_sums(outcome, cases, days))
    return found


async def _below(
    session: AsyncSession, tenant: Tenant, year: int, today: date
) -> tuple[Mapping[int, str], Mapping[int, Sums]]:
    """Names of the tenants right below in the order of the tree, and sums of all that lay in and below each then."""
    lower = LOWER.get(Tier(tenant.tier))
    if lower is None:
        return {}, {}
    then, month = spans(), PassedCount.month
    branch = then.c[lower]
    query = (
        select(branch, PassedCount.outcome, func.sum(PassedCount.cases), func.sum(PassedCount.days))
        .join(then, (then.c.tenant_id == PassedCount.tenant_id) & at_month_end(then, month, today))
        .where(then.c[OF_TIER[tenant.tier]] == tenant.id, branch.is_not(None), _in(year))
        .group_by(branch, PassedCount.outcome)
    )
    found: dict[int, Sums] = {}
    for child, outcome, cases, days in await session.execute(query):
        found.setdefault(child, Sums()).update(_sums(outcome, cases, days))
    here = (Tenant.parent_id == tenant.id) & Tenant.valid_to.is_(None)
    children = select(Tenant.id, Tenant.name).where(here | Tenant.id.in_(found)).order_by(Tenant.id)
    return {key: name for key, name in await session.execute(children)}, found


def _in(year: int) -> ColumnElement[bool]:
    return and_(PassedCount.month >= date(year, 1, 1), PassedCount.month < date(year + 1, 1, 1))


def _sums(outcome: str, cases: int, days: int) -> Sums:
    return Sums({COLUMN_OF[outcome]: cases, "days": days})


def _figures(rows: Iterable[Sums], *, hidden: bool) -> list[Figures]:
    """What is small is hidden down each column; a mean is not told where its number is not."""
    sums = list(rows)
    columns: list[Sequence[int | None]] = [[row[name] for row in sums] for name in COLUMNS]
    if hidden:
        columns = [hide(column) for column in columns]
    return [
        Figures(passed, returned, ended, looped, round(row["days"] / passed) if passed else None)
        for row, (passed, returned, ended, looped) in zip(sums, zip(*columns, strict=True), strict=True)
    ]
