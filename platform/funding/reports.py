"""Reports of money: by tenant, tier, period, class and payer; summed from counters, so that they cost the same whatever
has been booked. In the order of the tree, never ranked, and never by a party (N1, N7).
"""

from collections import defaultdict
from datetime import date
from typing import Any

from msgspec import Struct
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.store import instant
from funding.budget_lines import BudgetLine
from funding.budget_readers import BELOW, opens_books, opens_sums, require_totals, tenant_in_reach
from funding.budget_reading import SUMMED, Figures, figures
from funding.purposes import Purpose
from funding.report_columns import ACCOUNTS, BOTH, CREDIT, MADE_OF, Figure
from funding.report_period import Period, period_of
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier


class Row(Struct, frozen=True):
    """`key`: a tenant's id, or a code, or a month. In fen; `per_case` = cost without duty by settled cases, None = none
    was settled. `outstanding` is the balance at the period's end, whenever it was charged."""

    key: str
    name: str
    money: dict[Figure, int]
    settled: int
    per_case: int | None


class BudgetRow(Struct, frozen=True):
    """Of the whole year and of all that lies below; in fen."""

    purpose: Purpose
    figures: Figures


class Crumb(Struct, frozen=True):
    tenant_id: int
    name: str


class Report(Struct, frozen=True):
    """Whether the reader may see entries: `opens` those behind the tenant's own books, `opens_below` those behind the
    sums over it and all below it. `tenants`: the own books, then each below."""

    tenant_id: int
    name: str
    tier: str
    above: tuple[Crumb, ...]
    period: Period
    opens: bool
    opens_below: bool
    total: Row
    tenants: tuple[Row, ...]
    tiers: tuple[Row, ...]
    months: tuple[Row, ...]
    classes: tuple[Row, ...]
    payers: tuple[Row, ...]
    budget: tuple[BudgetRow, ...]


KINDS = ("branch", "tier", "month", "case_class", "payer")
Sums = dict[str, dict[str, dict[str, list[int]]]]
"""Kind of row -> key -> account -> [debit, credit]."""

MONEY = """
select {keys}, account, sum(debit_fen)::bigint, sum(credit_fen)::bigint
from (select coalesce(t.{lower}, t.id) as branch, t.tier, m.month, m.case_class, m.payer, m.account, m.debit_fen,
             m.credit_fen
      from money_counts m join tenants t on t.id = m.tenant_id
      where t.{own} = :tenant and m.month between :since and :until and m.account = any(:accounts)) counted
group by grouping sets ({sets})"""
OWED = """
select coalesce(t.{lower}, t.id)::text, t.tier::text, sum(m.debit_fen - m.credit_fen)::bigint
from money_counts m join tenants t on t.id = m.tenant_id
where t.{own} = :tenant and m.month <= :until and m.account = 'receivable' group by 1, 2"""
SETTLED = """
select coalesce(t.{lower}, t.id)::text, t.tier::text, s.month::text, s.case_class::text, sum(s.cases)::int
from settled_counts s join tenants t on t.id = s.tenant_id
where t.{own} = :tenant and s.month between :since and :until and s.ending = 'settled' group by 1, 2, 3, 4"""


async def report(
    session: AsyncSession, subject: Subject, tenant_id: int | None = None, written: str | None = None
) -> Report:
    """Of the tenant (None: the own one) and all that lies below it. Raises Forbidden, NotFound, InvalidInput."""
    require_totals(subject)
    today = local_date(instant(session))
    period = period_of(written, today)
    tenant = await tenant_in_reach(session, subject, tenant_id)
    summed = await _sums(session, tenant, period)
    owed, owed_by_tier = await _owed(session, tenant, period)
    settled = await _settled(session, tenant, period)
    names = await _names(session, tenant)

    def rows(kind: str, keys: list[tuple[str, str]], owing: dict[str, int] | None = None) -> tuple[Row, ...]:
        """Without `owing` there is no balance at the end to tell."""
        balances = {key: None if owing is None else owing.get(key, 0) for key, _ in keys}
        return tuple(_row(key, name, summed[kind][key], settled[kind][key], balances[key]) for key, name in keys)

    return Report(
        tenant_id=tenant.id,
        name=tenant.name,
        tier=tenant.tier,
        above=await _above(session, subject, tenant),
        period=period,
        opens=opens_books(subject, tenant),
        opens_below=opens_sums(subject, tenant),
        total=_row("", "", _added(summed["tier"]), sum(settled["tier"].values()), sum(owed.values())),
        tenants=rows("branch", names, owed),
        tiers=rows("tier", [(tier.value, "") for tier in _tiers(tenant)], owed_by_tier),
        months=rows("month", [(month.isoformat(), "") for month in _months(period, today)]),
        classes=rows("case_class", [(key, "") for key in sorted(summed["case_class"])]),
        payers=rows("payer", [(key, "") for key in sorted(summed["payer"]) if key]),
        budget=await _budget(session, tenant, period.year),
    )


def _row(key: str, name: str, sums: dict[str, list[int]], settled: int, owed: int | None) -> Row:
    money: dict[Figure, int] = {figure: _figure(figure, sums) for figure in Figure if figure != Figure.OUTSTANDING}
    if owed is not None:
        money[Figure.OUTSTANDING] = owed
    for_cases = money[Figure.COST] - money[Figure.DUTY]
    return Row(key, name, money, settled, for_cases // settled if settled else None)


def _figure(figure: Figure, sums: dict[str, list[int]]) -> int:
    accounts, side = MADE_OF[figure]
    debit, credit = (sum(sums.get(account, [0, 0])[place] for account in accounts) for place in (0, 1))
    return debit - credit if side == BOTH else credit if side == CREDIT else debit


def _added(by_key: dict[str, dict[str, list[int]]]) -> dict[str, list[int]]:
    total: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for sums in by_key.values():
        for account, (debit, credit) in sums.items():
            total[account][0] += debit
            total[account][1] += credit
    return total


def columns_of(tenant: Tenant) -> dict[str, str]:
    """Of the tree: the column by which tenants lie in this one, and the one by which they part below it."""
    tiers = list(Tier)
    place = tiers.index(Tier(tenant.tier))
    return {"own": BELOW[tiers[place]].key, "lower": BELOW[tiers[min(place + 1, len(tiers) - 1)]].key}


async def _sums(session: AsyncSession, tenant: Tenant, period: Period) -> Sums:
    sets = ", ".join(f"({kind}, account)" for kind in KINDS)
    query = text(MONEY.format(keys=", ".join(f"{kind}::text" for kind in KINDS), sets=sets, **columns_of(tenant)))
    values = {"tenant": tenant.id, "accounts": [account.value for account in ACCOUNTS], **_span(period)}
    found: Sums = {kind: defaultdict(dict) for kind in KINDS}
    for *keys, account, debit, credit in await session.execute(query, values):
        kind, key = next((kind, key) for kind, key in zip(KINDS, keys, strict=True) if key is not None)
        found[kind][key][account] = [debit, credit]
    return found


async def _owed(session: AsyncSession, tenant: Tenant, period: Period) -> tuple[dict[str, int], dict[str, int]]:
    by_branch: dict[str, int] = defaultdict(int)
    by_tier: dict[str, int] = defaultdict(int)
    values = {"tenant": tenant.id, "until": period.until}
    for branch, tier, fen in await session.execute(text(OWED.format(**columns_of(tenant))), values):
        by_branch[branch] += fen
        by_tier[tier] += fen
    return by_branch, by_tier


async def _settled(session: AsyncSession, tenant: Tenant, period: Period) -> dict[str, dict[str, int]]:
    """Kind of row -> key -> cases that ended in an agreement and whose settlement was paid in the period."""
    found: dict[str, dict[str, int]] = {kind: defaultdict(int) for kind in KINDS}
    values = {"tenant": tenant.id, **_span(period)}
    for *keys, cases in await session.execute(text(SETTLED.format(**columns_of(tenant))), values):
        for kind, key in zip(KINDS, keys, strict=False):
            found[kind][key] += cases
    return found


def _span(period: Period) -> dict[str, Any]:
    return {"since": period.since, "until": period.until}


def _tiers(tenant: Tenant) -> list[Tier]:
    """Its own and those below that have a fund."""
    tiers = list(Tier)
    return [tier for tier in tiers[tiers.index(Tier(tenant.tier)) :] if tier is not Tier.TOWNSHIP]


def _months(period: Period, today: date) -> list[date]:
    """Those that have begun."""
    months = (date(period.year, month, 1) for month in range(period.since.month, period.until.month + 1))
    return [month for month in months if month <= today]


async def _names(session: AsyncSession, tenant: Tenant) -> list[tuple[str, str]]:
    """The tenant itself and, unless only townships lie below it, those right below that are."""
    own = (str(tenant.id), tenant.name)
    if tenant.tier in (Tier.COUNTY, Tier.TOWNSHIP):
        return [own]
    query = select(Tenant.id, Tenant.name).where(Tenant.parent_id == tenant.id, Tenant.tier != Tier.TOWNSHIP)
    return [own, *((str(key), name) for key, name in await session.execute(query.order_by(Tenant.id)))]


async def _above(session: AsyncSession, subject: Subject, tenant: Tenant) -> tuple[Crumb, ...]:
    """The way up, topmost first, as far as the subject's own tenant."""
    chain = [tenant.province_id, tenant.prefecture_id, tenant.county_id, tenant.township_id]
    from_own = chain[chain.index(subject.tenant_id) :]
    ids = [one for one in from_own if one not in (None, tenant.id)]
    query = select(Tenant.id, Tenant.name).where(Tenant.id.in_(ids)).order_by(Tenant.id)
    return tuple(Crumb(key, name) for key, name in await session.execute(query)) if ids else ()


async def _budget(session: AsyncSession, tenant: Tenant, year: int) -> tuple[BudgetRow, ...]:
    """Of the whole year, by purpose."""
    query = (
        select(BudgetLine.purpose, *(func.sum(getattr(BudgetLine, name)) for name in SUMMED))
        .join(Tenant, Tenant.id == BudgetLine.tenant_id)
        .where(BELOW[Tier(tenant.tier)] == tenant.id, BudgetLine.year == year)
        .group_by(BudgetLine.purpose)
    )
    found = {purpose: figures(*(int(one) for one in sums)) for purpose, *sums in await session.execute(query)}
    return tuple(BudgetRow(one, found[one]) for one in Purpose if one in found)
