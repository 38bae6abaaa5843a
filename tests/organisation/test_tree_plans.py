"""A plan is drafted above all that it touches, approved by two others, and opens the tree on its day alone."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput, VersionStale
from foundation.forms import parse
from foundation.store import instant
from organisation.tree_checks import try_out
from organisation.tree_drafting import PlanEnded, PlanForm, PlanTooWide, draft_plan, load_tree
from organisation.tree_plans import Operation, PlanState, TreeChange
from organisation.tree_preview import Counted, preview
from organisation.tree_words import OwnPlan, WordGiven, approve_plan, refuse_plan, withdraw_plan
from server.operator import OPERATOR
from tests.organisation.planning import APPROVERS, DEQIN, DIQING, JIANTANG, TODAY, WEIXI, XGLL, draft
from tests.world import World

TOWN = "533401101"
PREFECTURE = "530100"


def line(operation: str, code: str, **more: Any) -> dict[str, Any]:
    return {"operation": operation, "code": code, **more}


FAULTS: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "an unknown unit": ([line("close", "533401999")], "changes.0.code", "unknown"),
    "a code in use": ([line("recode", XGLL, new_code=DEQIN)], "changes.0.new_code", "taken"),
    "a code of letters": ([line("recode", XGLL, new_code="53340a")], "changes.0.new_code", "malformed"),
    "a code too short": ([line("recode", JIANTANG, new_code="533401")], "changes.0.new_code", "malformed"),
    "a name twice": ([line("rename", XGLL, name="德钦县")], "changes.0.name", "taken"),
    "nothing new": ([line("rename", DEQIN, name="德钦县")], "changes.0.name", "unchanged"),
    "below a township": ([line("create", "533401777", name="新镇", kind="镇", parent_code=JIANTANG)],
                         "changes.0.parent_code", "wrong_tier"),
    "no kind": ([line("create", "533401777", name="新镇", parent_code=XGLL)], "changes.0.kind", "required"),
    "a zone below a prefecture": ([line("create", "533499", name="新区", kind="zone", parent_code=DIQING)],
                                  "changes.0.parent_code", "wrong_tier"),
    "into its own tier": ([line("move", XGLL, parent_code=DEQIN)], "changes.0.parent_code", "wrong_tier"),
    "to where it is": ([line("move", JIANTANG, parent_code=XGLL)], "changes.0.parent_code", "unchanged"),
    "into itself": ([line("merge", XGLL, into_code=XGLL)], "changes.0.into_code", "wrong_tier"),
    "into another tier": ([line("merge", XGLL, into_code=JIANTANG)], "changes.0.into_code", "wrong_tier"),
    "into one that goes too": ([line("merge", XGLL, into_code=DEQIN), line("merge", DEQIN, into_code=WEIXI)],
                               "changes.0.into_code", "gone"),
    "with children": ([line("close", XGLL)], "changes.0.code", "has_children"),
    "a split without members": ([line("split", XGLL, new_code="533402", name="新县", kind="县")],
                                "changes.0.members", "required"),
    "a stranger's member": ([line("split", DEQIN, new_code="533402", name="新县", kind="县", members=[JIANTANG])],
                            "changes.0.members.0", "unknown"),
    "a line after the unit has gone": ([line("merge", JIANTANG, into_code=TOWN), line("rename", JIANTANG, name="甲镇")],
                                       "changes.1.code", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_line_that_can_not_be_done_is_named_with_its_field(session: AsyncSession, fault: str) -> None:
    changes, field, rule = FAULTS[fault]
    with pytest.raises(InvalidInput) as refused:
        await draft_plan(session, OPERATOR, form(changes, on=local_date(instant(session))))
    assert [(one.field, one.rule) for one in refused.value.fields] == [(field, rule)]


def form(changes: list[dict[str, Any]], on: date = TODAY) -> PlanForm:
    return parse(PlanForm, {"effective_on": str(on), "ground": "云政复〔2026〕1号", "changes": changes}, strict=True)


async def test_who_drafts_stands_above_all_that_is_touched_and_the_day_is_not_past(
    session: AsyncSession,
) -> None:
    """The tenant of the plan is the lowest that does; a county's administrator reaches no further than the county."""
    own = (await load_tree(session)).coded(XGLL)
    assert own is not None
    admin = replace(OPERATOR, system=None, tenant_id=own.id, tier="C")
    for move, above in ((DEQIN, DIQING), (WEIXI, DIQING)):
        plan = await draft_plan(session, OPERATOR, form([line("move", JIANTANG, parent_code=move)]))
        tenant = (await load_tree(session)).units[plan.tenant_id]
        assert tenant.code == above
        with pytest.raises(PlanTooWide):
            await session.execute(text("delete from tree_changes"))
            await draft_plan(session, admin, form([line("move", JIANTANG, parent_code=move)]))
    wide = await draft_plan(session, OPERATOR, form([line("move", DEQIN, parent_code=PREFECTURE)]))
    assert (await load_tree(session)).units[wide.tenant_id].code == "530000"
    with pytest.raises(InvalidInput) as refused:
        await draft_plan(session, OPERATOR, form([line("rename", WEIXI, name="新名县")], on=TODAY - timedelta(days=1)))
    assert refused.value.fields[0].field == "effective_on"
    with pytest.raises(Forbidden):
        await draft_plan(session, replace(OPERATOR, role="wr_director"), form([line("rename", WEIXI, name="新名县")]))


async def test_two_open_plans_do_not_touch_the_same_unit(session: AsyncSession) -> None:
    await draft_plan(session, OPERATOR, form([line("move", JIANTANG, parent_code=DEQIN)]))
    for other in (line("rename", JIANTANG, name="甲镇"), line("merge", DEQIN, into_code=WEIXI)):
        with pytest.raises(InvalidInput) as refused:
            await draft_plan(session, OPERATOR, form([other]))
        assert refused.value.fields[0].rule == "planned"
    await draft_plan(session, OPERATOR, form([line("move", TOWN, parent_code=DEQIN)]))


async def test_two_persons_beside_the_drafter_approve_and_one_may_refuse(own_world: World) -> None:
    world = own_world
    plan = await draft(world, line("move", JIANTANG, parent_code=DEQIN))
    with pytest.raises(OwnPlan):
        await decide(world, "diqing.admin", plan, 1)
    with pytest.raises(Forbidden):
        await decide(world, "xgll.director", plan, 1)
    await decide(world, APPROVERS[0], plan, 1)
    with pytest.raises(VersionStale):
        await decide(world, APPROVERS[1], plan, 1)
    with pytest.raises(WordGiven):
        await decide(world, APPROVERS[0], plan, 2)
    assert await begins(world, plan) == "TJ409"
    assert await decide(world, APPROVERS[1], plan, 2) == PlanState.APPROVED
    async with world.as_("diqing.admin") as (session, subject):
        counts = {one.what: one.number for one in (await preview(session, plan)).counts}
        assert (counts[Counted.TENANTS], counts[Counted.OFFICES], counts[Counted.CASES_OPEN]) == (1, 3, 0)
        assert counts[Counted.PEOPLE] == 5
        await withdraw_plan(session, subject, plan, 3, "文件已撤销")
    with pytest.raises(PlanEnded):
        await decide(world, "yunnan.admin", plan, 4)
    other = await draft(world, line("move", JIANTANG, parent_code=WEIXI))
    async with world.as_("diqing.security") as (session, subject):
        with pytest.raises(InvalidInput):
            await refuse_plan(session, subject, other, 1, " ")
        assert (await refuse_plan(session, subject, other, 1, "依据不足")).state == PlanState.REFUSED


async def decide(world: World, login: str, plan: UUID, version: int) -> PlanState:
    async with world.as_(login) as (session, subject):
        return PlanState((await approve_plan(session, subject, plan, version)).state)


async def begins(world: World, plan: UUID) -> str | None:
    """What the database answers to who would begin all the same."""
    async with world.as_("yunnan.admin") as (session, _):
        try:
            async with session.begin_nested():
                await session.execute(text("select tree_begin(:plan)"), {"plan": plan})
        except DBAPIError as refused:
            return str(getattr(refused.orig, "sqlstate", ""))
        return None


async def test_the_database_opens_the_tree_to_nobody_else(own_world: World) -> None:
    """Not before the day, not with the drafter's own word, not for a plan that somebody wrote as begun."""
    world = own_world
    plan = await draft(world, line("move", JIANTANG, parent_code=DEQIN), on=TODAY + timedelta(days=1))
    for version, login in enumerate(APPROVERS, start=1):
        await decide(world, login, plan, version)
    assert await begins(world, plan) == "TJ403"
    world.clock.advance(days=1)
    async with world.owner() as session:
        await session.execute(
            text("update tree_plans set drafted_by = (select min(person_id::text)::uuid from tree_words)")
        )
    assert await begins(world, plan) == "TJ403"
    for statement in (
        "update tenants set parent_id = parent_id",
        "update places set name = name",
        "update tree_plans set state = 'running'",
    ):
        async with world.as_("yunnan.admin") as (session, _):
            await session.execute(text("select set_config('app.plan', :plan, true)"), {"plan": str(plan)})
            try:
                async with session.begin_nested():
                    done = await session.execute(text(statement + " returning 1"))
                    assert done.all() == []
            except DBAPIError as refused:
                assert "row-level security" in str(refused.orig)


async def test_stored_lines_are_tried_as_forms_are(session: AsyncSession) -> None:
    """A line of a plan that was drafted is read as it was typed."""
    stored = TreeChange(operation=Operation.MOVE.value, code=JIANTANG, parent_code=DEQIN, members=[])
    effects, errors = try_out(await load_tree(session), [stored])
    assert (len(effects), errors) == (1, [])
