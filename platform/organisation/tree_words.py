"""A word on a plan: two persons beside the drafter approve it, one refuses it; before it begins it may be withdrawn."""

from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Conflict, Forbidden, invalid
from foundation.language import N_
from foundation.store import instant
from organisation.subtree import note
from organisation.tree_drafting import changes_of, check_plan, load_tree, plan_of
from organisation.tree_plans import APPROVERS, PlanState, TreePlan, TreeWord
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject

LONGEST = 300
APPROVALS = text("select plan_approvals(:plan)")


async def approvals(session: AsyncSession, plan_id: UUID) -> int:
    """How many stand: of persons beside the drafter who are still in charge, as when they gave their word."""
    return await session.scalar(APPROVALS, {"plan": plan_id}) or 0


class OwnPlan(Forbidden):
    code = "own_plan"
    message = N_("起草人不能批准自己的方案")


class WordGiven(Conflict):
    code = "word_given"
    message = N_("您已对这份方案表态；还需另一人批准")


async def approve_plan(session: AsyncSession, subject: Subject, plan_id: UUID, version: int) -> TreePlan:
    """The second approval makes it ready for its day. The lines are tried again: raises InvalidInput when the tree has
    changed under them; OwnPlan, WordGiven, PlanEnded."""
    plan = await _to_decide(session, subject, plan_id, version)
    await check_plan(session, plan, await load_tree(session), await changes_of(session, plan.id))
    await _say(session, subject, plan, approves=True)
    if await approvals(session, plan.id) >= APPROVERS:
        plan.state = PlanState.APPROVED.value
    await _done(session, subject, plan, "approved")
    return plan


async def ripen(session: AsyncSession, subject: Subject) -> None:
    """Both approvals stand again, of which one did not when the other was given: nobody's word is wanted any more.

    `subject`: a system subject in the province's scope.
    """
    drafted = TreePlan.state == PlanState.DRAFTED.value, func.plan_approvals(TreePlan.id) >= APPROVERS
    for plan in (await session.scalars(select(TreePlan).where(*drafted).with_for_update(skip_locked=True))).all():
        plan.state = PlanState.APPROVED.value
        await _done(session, subject, plan, "approved")


async def refuse_plan(session: AsyncSession, subject: Subject, plan_id: UUID, version: int, reason: str) -> TreePlan:
    """One word ends it; who still wants it drafts another."""
    why = _reason(reason)
    plan = await _to_decide(session, subject, plan_id, version)
    await _say(session, subject, plan, approves=False)
    return await _end(session, subject, plan, PlanState.REFUSED, why)


async def withdraw_plan(session: AsyncSession, subject: Subject, plan_id: UUID, version: int, reason: str) -> TreePlan:
    """By any system administrator in charge, until it has begun."""
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    why = _reason(reason)
    plan = await plan_of(session, subject, plan_id, version)
    return await _end(session, subject, plan, PlanState.WITHDRAWN, why)


def _reason(typed: str) -> str:
    reason = typed.strip()
    if not 2 <= len(reason) <= LONGEST:
        raise invalid("reason", "too_short" if len(reason) < 2 else "too_long", N_("请写明理由，不超过300字"))
    return reason


async def _to_decide(session: AsyncSession, subject: Subject, plan_id: UUID, version: int) -> TreePlan:
    if not gate.may(subject, Action.ROLE_GRANT, Relation.NONE):
        gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    plan = await plan_of(session, subject, plan_id, version)
    if plan.drafted_by == subject.person_id:
        raise OwnPlan
    if await session.get(TreeWord, (plan.id, subject.person_id)) is not None:
        raise WordGiven
    return plan


async def _say(session: AsyncSession, subject: Subject, plan: TreePlan, *, approves: bool) -> None:
    word = TreeWord(
        plan_id=plan.id, person_id=subject.person_id, post_id=subject.post_id, approves=approves,
        recorded_at=instant(session),
    )  # fmt: skip
    session.add(word)
    await session.flush()


async def _end(session: AsyncSession, subject: Subject, plan: TreePlan, state: PlanState, reason: str) -> TreePlan:
    plan.state, plan.reason = state.value, reason
    plan.ended_by, plan.ended_at = subject.person_id, instant(session)
    await _done(session, subject, plan, state.value)
    return plan


async def _done(session: AsyncSession, subject: Subject, plan: TreePlan, word: str) -> None:
    plan.version += 1
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "tree_plan", plan.id, plan.tenant_id, word=word)
