"""The tree of a past day, for figures of a past period: what was below then counts, wherever it lies by now."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, Subquery, case, cast, func, literal, select

from organisation.tree_history import TenantVersion
from tenants.tiers import Tier

CHAIN = ("province_id", "prefecture_id", "county_id", "township_id")
OF_TIER: dict[str, str] = dict(zip(Tier, CHAIN, strict=True))
LOWER: dict[str, str] = dict(zip(Tier, CHAIN[1:], strict=False))
"""By tier: the column of the tenant itself, and of those right below it."""
BEGIN, END = (cast(literal(word), Date) for word in ("-infinity", "infinity"))


def spans() -> Subquery:
    """Every tenant for every day, with its ancestors: before its first version as in it, after its last as in that.

    Figures may be older than the file that the tree came from, and younger than a tenant's end.
    """
    of_tenant: dict[str, Any] = {"partition_by": TenantVersion.tenant_id, "order_by": TenantVersion.since}
    first = func.row_number().over(**of_tenant) == 1
    return select(
        TenantVersion.tenant_id,
        TenantVersion.parent_id,
        TenantVersion.tier,
        TenantVersion.name,
        TenantVersion.province_id,
        TenantVersion.prefecture_id,
        TenantVersion.county_id,
        TenantVersion.township_id,
        TenantVersion.until.label("ended_on"),
        case((first, BEGIN), else_=TenantVersion.since).label("since"),
        func.coalesce(func.lead(TenantVersion.since).over(**of_tenant), END).label("until"),
    ).subquery("spans")


def at_month_end(span: Subquery, month: SQLColumnExpression[date], today: date) -> ColumnElement[bool]:
    """The tree on the month's last day; of the present month, today's."""
    last = func.least(cast(month + func.make_interval(0, 1), Date) - 1, today)
    return (span.c.since <= last) & (last < span.c.until)


def last_day(month: date, today: date) -> date:
    """`month`: any day of it."""
    following = (month.replace(day=1) + timedelta(days=31)).replace(day=1)
    return min(following - timedelta(days=1), today)
