"""What a plan will bring along, in numbers: asked before it is approved, by people who see no case."""

from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.choice import Choice
from foundation.language import N_
from organisation.tree_checks import Effect
from organisation.tree_drafting import changes_of, check_plan, load_tree
from organisation.tree_plans import Operation, TreeChange, TreePlan, Way

COUNTS = text("select what, n from tree_counts(:moved)")
CASES = text("""
    select k.office_id, o.name as office, k.tenant_id, t.name as tenant, t.tier, k.state, k.n
    from tree_cases(:moved) k join offices o on o.id = k.office_id join tenants t on t.id = k.tenant_id
    order by k.tenant_id, k.office_id, k.state
""")
ENDED = ("refused", "closed", "archived")


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
    counts: list[Count]
    cases: list[CaseCount]


async def preview(session: AsyncSession, plan_id: UUID) -> Preview:
    """As of now; until the day it may change. Raises InvalidInput when the lines no longer fit the tree."""
    changes = await changes_of(session, plan_id)
    plan = await session.get_one(TreePlan, plan_id)
    effects = await check_plan(session, plan, await load_tree(session), changes)
    moved = {"moved": sorted({one for effect in effects for one in effect.moved if one > 0})}
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
    return Preview([Count(what, counted[what]) for what in Counted], cases)


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
