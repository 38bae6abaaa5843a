"""How often personal data was revealed, looked up or opened beyond one's rights: month by month, for the tier above
(N12). By the office's own tenant, in the tree of that month; never by person, and small numbers are hidden, so no
number leads to one.
"""

from collections import Counter
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import SHANGHAI, local_date
from foundation.errors import Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from indicators.hiding import hide
from indicators.overview import Crumb, above_of, tenant_below
from indicators.tree_then import LOWER, OF_TIER, last_day, spans
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject

KINDS = {
    "reveals": N_("查看当事人信息"),
    "lookups": N_("登记时身份比对"),
    "requests": N_("查阅申请"),
    "grants": N_("批准查阅"),
    "emergencies": N_("其中紧急查阅"),
    "unjustified": N_("复核认为不正当"),
}
COUNTED = text("select tenant_id, kind, number from access_counts(:start, :end)")


class CountRow(Struct, frozen=True):
    """Counts in the order of KINDS; None = hidden."""

    tenant_id: int
    name: str
    own: bool
    """The tenant's own offices, without those below."""
    counts: list[int | None]


class AccessCounts(Struct, frozen=True):
    """`total` is hidden as the rows are; `above`: the way up, as far as the subject's tenant."""

    tenant_id: int
    name: str
    month: str
    before: str
    after: str | None
    above: tuple[Crumb, ...]
    kinds: list[str]
    rows: list[CountRow]
    total: list[int | None]


async def access_counts(
    session: AsyncSession, subject: Subject, tenant_id: int | None = None, month: str | None = None
) -> AccessCounts:
    """Of one month (None: the present one), for those who review below; raises Forbidden, NotFound, InvalidInput."""
    if not gate.may(subject, Action.ACCESS_REVIEW, Relation.OVERSEES):
        raise Forbidden
    tenant = await tenant_below(session, subject, tenant_id)
    today = local_date(instant(session))
    first = _first_day(month, today)
    following = _next(first)
    names, counted = await _counted(session, tenant, first, following)
    columns = [hide([*(row[kind] for row in counted), sum(row[kind] for row in counted)]) for kind in KINDS]
    table = [list(row) for row in zip(*columns, strict=True)]
    return AccessCounts(
        tenant_id=tenant.id,
        name=tenant.name,
        month=_written(first),
        before=_written(first - timedelta(days=1)),
        after=_written(following) if following <= today else None,
        above=await above_of(session, subject, tenant),
        kinds=list(KINDS),
        rows=[
            CountRow(key, name, key == tenant.id, counts) for (key, name), counts in zip(names, table[:-1], strict=True)
        ],
        total=table[-1],
    )


async def _counted(
    session: AsyncSession, tenant: Tenant, first: date, following: date
) -> tuple[list[tuple[int, str]], list[Counter[str]]]:
    """The tenant itself and each that was right below it, with all that lay below: names, and counts by kind."""
    below = await _below(session, tenant, last_day(first, local_date(instant(session))))
    found: dict[int, Counter[str]] = {}
    span = {"start": _midnight(first), "end": _midnight(following)}
    for key, kind, number in await session.execute(COUNTED, span):
        if key in below.branch:
            found.setdefault(below.branch[key], Counter())[kind] += number
    names = [(key, name) for key, name in below.names.items() if key == tenant.id or key in below.alive or key in found]
    return names, [found.get(key, Counter()) for key, _ in names]


class Below(Struct, frozen=True):
    """Of a day. `branch`: every tenant, to the one right below in which it lay; `alive`: had not ended."""

    names: dict[int, str]
    branch: dict[int, int]
    alive: frozenset[int]


async def _below(session: AsyncSession, tenant: Tenant, day: date) -> Below:
    """In the order of the tree."""
    then = spans()
    branch = then.c[LOWER.get(tenant.tier, "tenant_id")]
    query = (
        select(then.c.tenant_id, then.c.parent_id, then.c.name, branch, then.c.ended_on)
        .where(then.c.since <= day, day < then.c.until, then.c[OF_TIER[tenant.tier]] == tenant.id)
        .order_by(then.c.tenant_id)
    )
    rows = (await session.execute(query)).all()
    right = {key: name for key, parent, name, _, _ in rows if parent == tenant.id}
    return Below(
        names={tenant.id: tenant.name, **right},
        branch={key: lower_id or tenant.id for key, _, _, lower_id, _ in rows},
        alive=frozenset(key for key, _, _, _, ended in rows if ended > day),
    )


def _first_day(month: str | None, today: date) -> date:
    if month is None:
        return today.replace(day=1)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise invalid("month", "malformed", N_("请写月份，如 2026-03")) from None
    if first > today or first.year < EARLIEST:
        raise invalid("month", "out_of_range", N_("没有这个月的统计"))
    return first


EARLIEST = 2000


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


def _written(day: date) -> str:
    return f"{day:%Y-%m}"
