"""Goals over suitable cases (三, obligations 9, 52; N7): baseline, target, and how far it is, from counters.

Tenants below stand in the order of the tree, never by value; where a case was brought is no figure here.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import Select, SQLColumnExpression, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import audit
from foundation.clock import local_date
from foundation.errors import FieldError, Forbidden, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from indicators.acceptances import AcceptanceCount
from indicators.goal_counts import GoalCount
from indicators.goal_models import LOW, OF_SETTLED, Goal, Measure
from indicators.hiding import hide
from indicators.overview import TOTALS_ONLY, Crumb, above_of, tenant_below
from indicators.suitable import AgeRow, aims
from indicators.tree_then import LOWER, OF_TIER, at_month_end, spans
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

EARLIEST = 2010
AHEAD = 10
ACCEPTED, SETTLED = "accepted", Measure.SETTLED.value
COLUMNS = (ACCEPTED, *(one.value for one in Measure))
Sums = Counter[tuple[int | None, int, str]]
"""(tenant right below, year of acceptance, column); None = the tenant and all below it."""


class GoalForm(Struct, frozen=True, kw_only=True):
    measure: Annotated[
        Measure, Meta(title=N_("目标"), description=N_("只针对适合调解并已受理的纠纷，不针对信访的数量、层级和去向"))
    ]
    baseline_year: Annotated[int, Meta(title=N_("基准年"), ge=EARLIEST, le=2199)]
    year: Annotated[int, Meta(title=N_("目标年"), ge=EARLIEST, le=2199)]
    target: Annotated[int, Meta(title=N_("目标（百分比）"), ge=0, le=100)]


class Shares(Struct, frozen=True):
    """Of the cases accepted in one year, in percent by measure; None = too few to be told, or none."""

    accepted: int | None
    settled: int | None
    shares: dict[str, int | None]


class GoalView(Struct, frozen=True):
    """`reached`: None while there is nothing to measure."""

    id: UUID
    measure: str
    baseline_year: int
    baseline: int | None
    year: int
    target: int
    now: int | None
    reached: bool | None


class ChildShares(Struct, frozen=True):
    tenant_id: int
    name: str
    shares: Shares


class Goals(Struct, frozen=True):
    """`years`: comparable, newest first. `below`: of the present year, tenants right below in the tree's order."""

    tenant_id: int
    name: str
    year: int
    above: tuple[Crumb, ...]
    goals: list[GoalView]
    years: dict[int, Shares]
    waiting: tuple[AgeRow, ...]
    below: list[ChildShares]
    measures: list[str]


async def set_goal(session: AsyncSession, subject: Subject, form: GoalForm) -> Goal:
    """Of the own tenant, in place of the one for the same measure and year. Raises Forbidden, InvalidInput."""
    gate.require_role(subject, Action.GOAL_SET, Relation.NONE)
    if subject.tenant_id is None:
        raise Forbidden
    present = local_date(instant(session)).year
    if not present <= form.year <= present + AHEAD:
        raise InvalidInput(FieldError("year", "out_of_range", N_("目标年须在今年起十年内")))
    if form.baseline_year >= form.year:
        raise InvalidInput(FieldError("baseline_year", "too_large", N_("基准年须早于目标年")))
    now = instant(session)
    own = and_(Goal.tenant_id == subject.tenant_id, Goal.ended_at.is_(None))
    same = and_(own, Goal.year == form.year, Goal.measure == form.measure)
    await session.execute(update(Goal).where(same).values(ended_at=now))
    row = Goal(
        id=new_id(now), tenant_id=subject.tenant_id, measure=form.measure.value, baseline_year=form.baseline_year,
        year=form.year, target=form.target, recorded_at=now, recorded_by=subject.person_id,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    entry = audit.Entry(
        subject.actor, subject.post_id, Action.GOAL_SET, "goal", str(row.id),
        detail={"measure": row.measure, "year": row.year, "target": row.target},
    )  # fmt: skip
    await audit.append(session, entry, subject.tenant_id)
    return row


async def goals_of(session: AsyncSession, subject: Subject, tenant_id: int | None = None) -> Goals:
    """Of the tenant (None: the own) and all below it; raises Forbidden, NotFound."""
    gate.require_role(subject, Action.STATS_READ, Relation.NONE)
    tenant = await tenant_below(session, subject, tenant_id)
    today = local_date(instant(session))
    standing = select(Goal).where(Goal.tenant_id == tenant.id, Goal.ended_at.is_(None))
    as_defined = case({one.value: number for number, one in enumerate(Measure)}, value=Goal.measure)
    goals = (await session.scalars(standing.order_by(Goal.year, as_defined))).all()
    since = min([today.year - 2, *(goal.baseline_year for goal in goals)])
    found = await _sums(session, tenant, since, today)
    hidden = subject.role in TOTALS_ONLY
    years = {year: _shares(found, None, year, hidden=hidden) for year in range(today.year, since - 1, -1)}
    names = await _children(session, tenant)
    return Goals(
        tenant_id=tenant.id,
        name=tenant.name,
        year=today.year,
        above=await above_of(session, subject, tenant),
        goals=[_goal(goal, years) for goal in goals],
        years=years,
        waiting=(await aims(session, subject, tenant.id)).waiting,
        below=[ChildShares(key, name, _shares(found, key, today.year, hidden=hidden)) for key, name in names.items()],
        measures=[one.value for one in Measure],
    )


async def _sums(session: AsyncSession, tenant: Tenant, since: int, today: date) -> Sums:
    """By who accepted them, below the tenant at the end of that month: comparable whatever moves later."""
    found: Sums = Counter()
    endings = {"": ACCEPTED, "settled": SETTLED, "other": ACCEPTED}
    of_acceptance = _counted(AcceptanceCount, AcceptanceCount.ending, tenant, since, today)
    for child, month, ending, cases in await session.execute(of_acceptance):
        columns = {ACCEPTED, endings[ending]}
        _add(found, child, month.year, columns, cases)
    for child, month, measure, cases in await session.execute(
        _counted(GoalCount, GoalCount.measure, tenant, since, today)
    ):
        _add(found, child, month.year, {measure}, cases)
    return found


def _add(found: Sums, child: int | None, year: int, columns: set[str], cases: int) -> None:
    for column in columns:
        found[None, year, column] += cases
        if child is not None:
            found[child, year, column] += cases


def _counted(
    model: type[AcceptanceCount] | type[GoalCount],
    kind: SQLColumnExpression[str],
    tenant: Tenant,
    since: int,
    today: date,
) -> Select[Any, date, str, int]:
    then, month = spans(), model.accepted_month
    branch = then.c[LOWER.get(Tier(tenant.tier), "township_id")]
    return (
        select(branch, month, kind, func.sum(model.cases))
        .join(then, (then.c.tenant_id == model.tenant_id) & at_month_end(then, month, today))
        .where(then.c[OF_TIER[Tier(tenant.tier)]] == tenant.id, month >= date(since, 1, 1))
        .group_by(branch, month, kind)
    )


def _shares(found: Mapping[tuple[int | None, int, str], int], key: int | None, year: int, *, hidden: bool) -> Shares:
    numbers: dict[str, int | None] = {column: found.get((key, year, column), 0) for column in COLUMNS}
    if hidden:
        numbers = dict(zip(numbers, hide(list(numbers.values())), strict=True))
    shares = {one.value: _share(numbers[one.value], numbers[_base(one)]) for one in Measure}
    return Shares(numbers[ACCEPTED], numbers[SETTLED], shares)


def _base(measure: Measure) -> str:
    return SETTLED if measure in OF_SETTLED else ACCEPTED


def _share(part: int | None, whole: int | None) -> int | None:
    """In percent, to the nearest; None where it is hidden or of nothing."""
    return None if part is None or not whole else (part * 200 + whole) // (whole * 2)


def _goal(goal: Goal, years: Mapping[int, Shares]) -> GoalView:
    measure = Measure(goal.measure)
    before, present = (
        years[year].shares[measure.value] if year in years else None for year in (goal.baseline_year, goal.year)
    )
    reached = None if present is None else present <= goal.target if measure in LOW else present >= goal.target
    return GoalView(goal.id, goal.measure, goal.baseline_year, before, goal.year, goal.target, present, reached)


async def _children(session: AsyncSession, tenant: Tenant) -> Mapping[int, str]:
    query = select(Tenant.id, Tenant.name).where(Tenant.parent_id == tenant.id, Tenant.valid_to.is_(None))
    return {key: name for key, name in await session.execute(query.order_by(Tenant.id))}
