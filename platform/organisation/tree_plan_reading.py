"""Plans as the pages and programs show them: the lines in names, what stands before and after, who said what."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Forbidden, InvalidInput, invalid
from foundation.language import N_, current_language
from foundation.store import instant
from organisation.tree_drafting import changes_of, check_plan, load_tree, plan_of, words_of
from organisation.tree_history import PlaceVersion
from organisation.tree_people import Holder, holders_of
from organisation.tree_plans import APPROVERS, WAITING, PlanState, TreeChange, TreePlan, TreeWord
from organisation.tree_preview import Preview, lately_weighed
from organisation.tree_progress import Progress, Stuck, progress_of
from organisation.tree_sketch import Sketch, then_and_after, tried
from organisation.tree_words import approvals
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants import names
from tenants.models import Office, Tenant
from tenants.subject import Subject

READERS = (Action.TENANT_MANAGE, Action.ROLE_GRANT, Action.CASE_SUPERVISE)
"""Who drafts, who approves, and who oversees the cases that come along."""
MOST = 100


class PlanRow(Struct, frozen=True):
    """`tenant`: what stands above all that the plan touches."""

    id: UUID
    version: int
    state: PlanState
    effective_on: date
    ground: str
    tenant: str
    lines: int
    drafted_by: str
    recorded_at: datetime


class LineView(Struct, frozen=True):
    """One line, by codes as it was written; what they are called stands in the sketches."""

    ordinal: int
    operation: str
    code: str
    name: str | None
    kind: str | None
    new_code: str | None
    parent_code: str | None
    into_code: str | None
    members: list[str]
    contact: str | None
    units: int | None
    """How many units stand otherwise since it was done."""


class WordView(Struct, frozen=True):
    name: str
    approves: bool
    recorded_at: datetime


class Fault(Struct, frozen=True):
    """Why a line does not fit the tree; `message` in the reader's language."""

    field: str
    rule: str
    message: str


class PlanView(Struct, frozen=True):
    """`faults`: why the lines no longer fit the tree, or why the last try to begin failed. `preview` and `people` until
    it begins; `cases_done`, `cases_left` and `stuck` from then on."""

    plan: PlanRow
    lines: list[LineView]
    called: dict[str, str]
    """Names of the units whose codes the lines name, as they were before the plan."""
    words: list[WordView]
    ended_by: str | None
    ended_at: datetime | None
    reason: str | None
    began_at: datetime | None
    done_at: datetime | None
    cases_done: int
    cases_left: int
    stuck: list[Stuck]
    missing: int
    """Approvals that are still wanted: of persons who are in charge today."""
    lapsed: bool
    """Somebody who approved it is no longer in charge."""
    preview: Preview | None
    people: list[Holder]
    sketch: Sketch | None
    faults: list[Fault]
    overdue: bool
    """Its day has come and it has not begun."""
    may_decide: bool
    """Whether the reader's word is wanted."""
    may_withdraw: bool


async def plans(session: AsyncSession, subject: Subject, after: UUID | None = None) -> list[PlanRow]:
    """Of the own tenant and below, newest first, `MOST` at a time: `after` is the last one of the page before. Raises
    Forbidden, InvalidInput."""
    require_reader(subject)
    assert subject.tenant_id is not None  # readers have posts
    chain = (Tenant.province_id, Tenant.prefecture_id, Tenant.county_id, Tenant.township_id)
    lines = select(func.count()).where(TreeChange.plan_id == TreePlan.id).scalar_subquery()
    query = (
        select(TreePlan, Tenant.name, lines)
        .join(Tenant, Tenant.id == TreePlan.tenant_id)
        .where(func.coalesce(subject.tenant_id).in_(chain))
        .order_by(TreePlan.recorded_at.desc(), TreePlan.id.desc())
        .limit(MOST)
    )
    if after is not None:
        last = await session.get(TreePlan, after)
        if last is None:
            raise invalid("after", "malformed", N_("翻页标记不对，请从第一页开始"))
        query = query.where(tuple_(TreePlan.recorded_at, TreePlan.id) < (last.recorded_at, last.id))
    found = (await session.execute(query)).all()
    people = await names.people(session, [plan.drafted_by for plan, _, _ in found])
    return [_row(plan, tenant, number, people.get(plan.drafted_by, "")) for plan, tenant, number in found]


async def plan_view(session: AsyncSession, subject: Subject, plan_id: UUID) -> PlanView:
    """Raises Forbidden, NotFound."""
    require_reader(subject)
    plan = await plan_of(session, subject, plan_id)
    changes, words = await changes_of(session, plan_id), await words_of(session, plan_id)
    tenant = await session.get_one(Tenant, plan.tenant_id)
    people = await names.people(session, [plan.drafted_by, plan.ended_by, *(word.person_id for word in words)])
    ahead = await _ahead(session, plan, changes)
    progress = await progress_of(session, plan)
    standing = await approvals(session, plan_id) if plan.state in WAITING else 0
    return PlanView(
        plan=_row(plan, tenant.name, len(changes), people.get(plan.drafted_by, "")),
        lines=[_line(change) for change in changes],
        called=await _called(session, plan, changes),
        words=[WordView(people.get(word.person_id, ""), word.approves, word.recorded_at) for word in words],
        ended_by=people.get(plan.ended_by) if plan.ended_by else None,
        ended_at=plan.ended_at,
        reason=plan.reason,
        began_at=progress.began_at,
        done_at=progress.done_at,
        cases_done=progress.cases_done,
        cases_left=progress.cases_left,
        stuck=progress.stuck,
        missing=max(0, APPROVERS - standing) if plan.state in WAITING else 0,
        lapsed=plan.state in WAITING and sum(word.approves for word in words) > standing,
        preview=ahead.preview,
        people=ahead.people,
        sketch=ahead.sketch,
        faults=ahead.faults,
        overdue=plan.state in WAITING and plan.effective_on <= local_date(instant(session)),
        may_decide=_may_decide(subject, plan, words),
        may_withdraw=_may_withdraw(subject, plan),
    )


async def holding_offices(session: AsyncSession, subject: Subject, plan_id: UUID) -> list[int]:
    """The offices whose cases the plan would bring along, or has brought; raises Forbidden, NotFound."""
    require_reader(subject)
    plan = await plan_of(session, subject, plan_id)
    changes = await changes_of(session, plan_id)
    if plan.state in WAITING:
        counted = (await _ahead(session, plan, changes)).preview
        return sorted({row.office_id for row in counted.cases}) if counted is not None else []
    told = {one for change in changes for one in (change.effect or {}).get("tenants", ())}
    return list(await session.scalars(select(Office.id).where(Office.tenant_id.in_(told))))


async def plan_progress(session: AsyncSession, subject: Subject, plan_id: UUID) -> Progress:
    """Raises Forbidden, NotFound."""
    require_reader(subject)
    return await progress_of(session, await plan_of(session, subject, plan_id))


def require_reader(subject: Subject) -> None:
    if not any(gate.may(subject, action) for action in READERS):
        raise Forbidden


def _may_decide(subject: Subject, plan: TreePlan, words: Sequence[TreeWord]) -> bool:
    """Whether this person's word is still wanted: not the drafter's, and not a second one."""
    decides = any(gate.may(subject, action, Relation.NONE) for action in (Action.TENANT_MANAGE, Action.ROLE_GRANT))
    spoken = {word.person_id for word in words} | {plan.drafted_by}
    return decides and plan.state in WAITING and subject.person_id not in spoken


def _may_withdraw(subject: Subject, plan: TreePlan) -> bool:
    return gate.may(subject, Action.TENANT_MANAGE, Relation.NONE) and plan.state in WAITING


class Ahead(Struct, frozen=True):
    preview: Preview | None = None
    people: list[Holder] = []
    sketch: Sketch | None = None
    faults: list[Fault] = []


async def _ahead(session: AsyncSession, plan: TreePlan, changes: Sequence[TreeChange]) -> Ahead:
    """Of a plan that waits: tried on the tree of now. Of one that began: the tree before its day, and on it."""
    if plan.state not in WAITING:
        return Ahead(sketch=await then_and_after(session, plan, changes) if plan.began_at is not None else None)
    tree = await load_tree(session)
    before = dict(tree.units)
    try:
        effects = await check_plan(session, plan, tree, changes)
    except InvalidInput as broken:
        language = current_language.get()
        return Ahead(faults=[Fault(one.field, one.rule, one.text(language)) for one in broken.fields])
    return Ahead(
        await lately_weighed(session, plan.id, changes, effects),
        await holders_of(session, changes, effects, tree.units),
        tried(before, tree.units, effects),
    )


async def _called(session: AsyncSession, plan: TreePlan, changes: Sequence[TreeChange]) -> dict[str, str]:
    named = [(one.code, one.parent_code, one.into_code, *one.members) for one in changes]
    codes = {code for line in named for code in line if code}
    code = func.coalesce(PlaceVersion.code_mca, PlaceVersion.code_nbs)
    query = select(code, PlaceVersion.name).where(
        or_(PlaceVersion.code_mca.in_(codes), PlaceVersion.code_nbs.in_(codes)),
        PlaceVersion.since < plan.effective_on,
    )
    return {key: name for key, name in await session.execute(query.order_by(PlaceVersion.since))}


def _row(plan: TreePlan, tenant: str, lines: int, drafted_by: str) -> PlanRow:
    return PlanRow(
        id=plan.id,
        version=plan.version,
        state=PlanState(plan.state),
        effective_on=plan.effective_on,
        ground=plan.ground,
        tenant=tenant,
        lines=lines,
        drafted_by=drafted_by,
        recorded_at=plan.recorded_at,
    )


def _line(change: TreeChange) -> LineView:
    return LineView(
        ordinal=change.ordinal + 1,
        operation=change.operation,
        code=change.code,
        name=change.name,
        kind=change.kind,
        new_code=change.new_code,
        parent_code=change.parent_code,
        into_code=change.into_code,
        members=change.members,
        contact=change.contact,
        units=max(1, len(change.effect["tenants"])) if change.effect else None,
    )
