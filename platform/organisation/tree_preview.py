"""What a plan will bring along, in numbers: asked before it is approved, by people who see no case."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_
from foundation.store import instant
from organisation.tree_checks import Effect
from organisation.tree_drafting import changes_of, check_plan, load_tree
from organisation.tree_money import MoneyRow, money_of
from organisation.tree_plans import Operation, TreeChange, TreePlan, Way

COUNTS = text("select what, n from tree_counts(:moved)")
CASES = text("""
    select k.office_id, o.name as office, k.tenant_id, t.name as tenant, t.tier, k.state, k.n
    from tree_cases(:moved) k join offices o on o.id = k.office_id join tenants t on t.id = k.tenant_id
    order by k.tenant_id, k.office_id, k.state
""")
ENDED = ("refused", "closed", "archived")
GOOD_FOR = timedelta(minutes=1)
"""A prefecture's cases are hundreds of thousands: its plan counts them once a minute, however often it is looked at."""
MOST_KEPT = 50


class Counted(Choice):
    """What is counted; `cases` are told by office and state besides."""

    TENANTS = "tenants", N_("单位")
    OFFICES = "offices", N_("机构")
    COMMITTEES = "committees", N_("人民调解委员会")
    PEOPLE = "people", N_("人员")
    POSTS = "posts", N_("在任岗位")
    CASES_OPEN = "cases_open", N_("在办案件")
    CASES_ENDED = "cases_ended", N_("已结案件")
    TIMERS = "timers", N_("进行中的期限")
    ORDERS = "orders", N_("未销号的督办")
    OFFERS = "offers", N_("待答复的移交")
    DELEGATIONS = "delegations", N_("有效的授权")
    COMMITMENTS = "commitments", N_("已申请未发生的出差")
    SETTINGS = "settings", N_("本单位的期限和事项设置")


class Count(Struct, frozen=True):
    what: Counted
    number: int


class CaseCount(Struct, frozen=True):
    """`way`: how they come along; None = they stay as they are."""

    office_id: int
    office: str
    tenant_id: int
    tenant: str
    tier: str
    state: str
    way: Way | None
    number: int


class Preview(Struct, frozen=True):
    """`counted_at`: at most a minute ago."""

    counts: list[Count]
    cases: list[CaseCount]
    money: list[MoneyRow]
    counted_at: datetime


_kept: dict[tuple[UUID, tuple[int, ...]], Preview] = {}
"""By plan and the tenants it moves: the numbers are the same for all its readers, who stand above them all."""


async def preview(session: AsyncSession, plan_id: UUID) -> Preview:
    """As of now; until the day it may change. Raises InvalidInput when the lines no longer fit the tree."""
    changes = await changes_of(session, plan_id)
    plan = await session.get_one(TreePlan, plan_id)
    effects = await check_plan(session, plan, await load_tree(session), changes)
    return await weighed(session, changes, effects)


async def lately_weighed(
    session: AsyncSession, plan_id: UUID, changes: Sequence[TreeChange], effects: Sequence[Effect]
) -> Preview:
    """As it was counted within the last minute, in this process."""
    key, now = (plan_id, tuple(_moved(effects))), instant(session)
    kept = _kept.get(key)
    if kept is None or not kept.counted_at <= now < kept.counted_at + GOOD_FOR:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[key] = await weighed(session, changes, effects)
    return kept


async def weighed(session: AsyncSession, changes: Sequence[TreeChange], effects: Sequence[Effect]) -> Preview:
    moved = {"moved": _moved(effects)}
    ways = _ways(changes, effects)
    cases = [
        CaseCount(
            row.office_id,
            row.office,
            row.tenant_id,
            row.tenant,
            row.tier,
            row.state,
            _way(ways, row.tenant_id, row.state),
            row.n,
        )  # fmt: skip
        for row in await session.execute(CASES, moved)
    ]
    counted = {row.what: row.n for row in await session.execute(COUNTS, moved)}
    counts = [Count(what, counted[what]) for what in Counted]
    return Preview(counts, cases, await money_of(session, moved["moved"]), instant(session))


def _moved(effects: Sequence[Effect]) -> list[int]:
    return sorted({one for effect in effects for one in effect.moved if one > 0})


def _ways(changes: Sequence[TreeChange], effects: Sequence[Effect]) -> dict[int, Operation]:
    """Of each tenant whose cases come along: by a merger if it is merged itself, else by what changes its line."""
    found: dict[int, Operation] = {}
    for change, effect in zip(changes, effects, strict=True):
        operation = Operation(change.operation)
        found |= {one: Operation.MOVE for one in effect.moved if one not in found}
        if operation in (Operation.MERGE, Operation.SPLIT):
            found[effect.subject] = operation
    return found


def _way(ways: dict[int, Operation], tenant_id: int, state: str) -> Way | None:
    operation = ways.get(tenant_id)
    if state in ENDED:
        return Way.ARCHIVE if operation is Operation.MERGE else None
    return Way.FOLLOW if operation is Operation.MOVE else Way.SUCCEED
