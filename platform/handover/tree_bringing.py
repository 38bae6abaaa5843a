"""The steps by which cases come along with the tree; each is called in a transaction of its own (`tree_run`)."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.steps import OPEN
from cases.timeline import holder_tenant
from cases.tree_notices import UNCHANGED, DivisionNotice, published_contact, write_notices
from foundation import audit
from foundation.language import N_
from foundation.store import Store
from handover.answering import answering_roles
from handover.models import HandoverOffer, OfferState
from handover.targets import open_offer
from handover.telling import tell_offered
from handover.transfer import Transfer, Way, transfer
from organisation.tree_drafting import changes_of
from organisation.tree_plans import TreePlan
from policies.actions import Action
from tenants.models import Office, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

COLLECT = text("select tree_collects(:plan)")
BRING = text("select case_id, former, receiver, brought from tree_brings(:plan, :limit, :wait)")
NEXT = text("select case_id, office from tree_next(:plan)")
FREE = text("select tree_frees(:plan, :limit, :wait)")
FINISH = text("select tree_finish(:plan)")
TELL = text("""select tree_tells(:plan, :case, :step, :state, :tenant, 'tree-moved', 'parties',
    jsonb_build_object('before', cast(:before as int[]), 'after', cast(:after as int[])))""")
HAND_UP = text("select tree_hands_up(:plan, :case, :roles)")
CONFLICTS = text("""
    select c.id from tree_successors s
    cross join lateral (
        select r.case_id from case_relations r
        where r.tenant_id = s.successor_id and r.relation = 'complained_of' and r.until > scope_now()
        union select u.case_id from case_units u where u.conflicts_tenant_id = s.successor_id) k
    join cases c on c.id = k.case_id
    where s.plan_id = :plan and s.came = 'merged' and s.office_id is null
    and c.offer_id is null and c.state not in ('refused', 'closed', 'archived')
    and s.successor_id = coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id)
""")
"""Held all along by a successor that has taken over the unit's own tenant: it may not deal with them any more."""
OVERSEES = text("select tree_oversees(:plan, :case)")
CONFLICTED = text("select tenant_conflicted(:case, :tenant)")
FORMAL = (Tier.PROVINCE, Tier.PREFECTURE, Tier.COUNTY)
"""Tiers that have a workroom."""
WHY = N_("组织区划调整，由承接其职责的机构继续办理")


async def collect(session: AsyncSession, plan_id: UUID) -> int:
    """Which cases have to come along; how many are still to."""
    return int(await session.scalar(COLLECT, {"plan": plan_id}) or 0)


async def free(session: AsyncSession, plan_id: UUID, limit: int, wait: bool) -> int:
    """One batch of open offers ends whose line or office is no more; how many."""
    return int(await session.scalar(FREE, {"plan": plan_id, "limit": limit, "wait": wait}) or 0)


Notices = dict[tuple[int, int], DivisionNotice]
"""The words by (who stood above, who stands above now): the same for all cases of a change."""


async def bring(
    session: AsyncSession, subject: Subject, plan_id: UUID, limit: int, wait: bool, notices: Notices
) -> int:
    """One batch of those whose columns follow, with the notices to the parties; how many. `notices` is filled."""
    rows = (await session.execute(BRING, {"plan": plan_id, "limit": limit, "wait": wait})).all()
    moved: dict[tuple[int, int], list[UUID]] = {}
    for row in rows[:-1]:
        moved.setdefault((row.former, row.receiver), []).append(row.case_id)
    for between, cases in moved.items():
        if between not in notices:
            notices[between] = await _notice(session, await session.get_one(TreePlan, plan_id), *between)
        await write_notices(session, subject, cases, notices[between])
    return int(rows[-1].brought)


async def succeed(session: AsyncSession, subject: Subject, plan_id: UUID, taken: list[UUID]) -> int:
    """The next case whose office has a successor; 0 = there is none. It stands in `taken`, whatever it then meets."""
    found = (await session.execute(NEXT, {"plan": plan_id})).one_or_none()
    if found is None:
        return 0
    taken.append(found.case_id)
    case = await session.get_one(Case, found.case_id)
    before = _chain(case)
    source = f"tree_plans:{plan_id}"
    receiver = (await session.get_one(Office, found.office)).tenant_id
    words = await _words(session, plan_id, receiver)
    await transfer(session, subject, case, Transfer(Way.PLAN, found.office, source, WHY, words=words))
    await session.execute(OVERSEES, {"plan": plan_id, "case": case.id})
    told = {"plan": plan_id, "case": case.id, "step": case.step, "state": case.state, "tenant": holder_tenant(case)}
    await session.execute(TELL, told | {"before": before, "after": _chain(case)})
    if await session.scalar(CONFLICTED, {"case": case.id, "tenant": holder_tenant(case)}):
        await _hand_up(session, subject, plan_id, case.id)
    return 1


async def hand_up_again(store: Store, subject: Subject, plan_id: UUID) -> None:
    """A case that a conflict sent up a line that is no more goes up the present one, and so does one whose holder has
    come to be in conflict by the plan (条例28(3))."""
    async with store.scoped(subject.scope) as session:
        plan = await session.get_one(TreePlan, plan_id)
        ended = select(HandoverOffer.case_id).join(Case, Case.id == HandoverOffer.case_id)
        ended = ended.where(HandoverOffer.state == OfferState.REORGANISED.value, HandoverOffer.forced)
        of_plan = HandoverOffer.decided_at >= plan.began_at, Case.offer_id.is_(None), Case.state.in_(OPEN)
        found = {*(await session.scalars(ended.where(*of_plan)))}
        found |= {*(await session.scalars(CONFLICTS, {"plan": plan_id}))}
    for case_id in sorted(found):
        async with store.scoped(subject.scope) as session:
            await _hand_up(session, subject, plan_id, case_id)


async def finish(session: AsyncSession, subject: Subject, plan_id: UUID) -> bool:
    """Whether nothing is left to do; the plan is done then."""
    if not await session.scalar(FINISH, {"plan": plan_id}):
        return False
    plan = await session.get_one(TreePlan, plan_id)
    entry = audit.Entry(
        subject.actor, None, Action.TENANT_MANAGE, "tree_plan", str(plan_id), detail={"done": plan.cases_done}
    )
    await audit.append(session, entry, plan.tenant_id)
    return True


async def _hand_up(session: AsyncSession, subject: Subject, plan_id: UUID, case_id: UUID) -> None:
    """With the notice that every offer has: who may get the case, and which data with it (个人信息保护法 23)."""
    await session.flush()
    asked = {"plan": plan_id, "case": case_id, "roles": answering_roles(FORMAL)}
    if not await session.scalar(HAND_UP, asked):
        return
    case = await session.get_one(Case, case_id, populate_existing=True)
    offer = await open_offer(session, case_id)
    assert offer is not None, "it has just been made"
    await tell_offered(session, subject, case, offer)


async def _notice(session: AsyncSession, plan: TreePlan, former: int, receiver: int) -> DivisionNotice:
    names = {one: (await session.get_one(Tenant, one)).name for one in (former, receiver)}
    contact = await _planned(session, plan.id, receiver) or await published_contact(session, receiver)
    return DivisionNotice(names[former], names[receiver], contact, plan.effective_on, plan.ground)


async def _words(session: AsyncSession, plan_id: UUID, receiver: int) -> dict[str, str]:
    """By which document, and what stays as it was; how to reach who takes over, where the plan's line says it."""
    plan = await session.get_one(TreePlan, plan_id)
    words = {"division_ground": plan.ground, "unchanged": UNCHANGED}
    contact = await _planned(session, plan_id, receiver)
    return words | ({"receiver_contact": contact} if contact else {})


async def _planned(session: AsyncSession, plan_id: UUID, receiver: int) -> str | None:
    """How to reach who takes over, as the plan's line says it."""
    changes = await changes_of(session, plan_id)
    told = (one.contact for one in changes if one.effect and receiver in (one.effect["into"], one.effect["made"]))
    return next((contact for contact in told if contact), None)


def _chain(case: Case) -> list[int | None]:
    return [case.province_id, case.prefecture_id, case.county_id, case.township_id]
