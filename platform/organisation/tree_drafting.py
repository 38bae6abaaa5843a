"""Drafting a plan for the tree: by a system administrator of a tenant that stands above all that it touches."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.clock import local_date
from foundation.errors import Conflict, FieldError, Forbidden, InvalidInput, NotFound, VersionStale, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from organisation.divisions import ZONE
from organisation.subtree import note, tenant_within
from organisation.tree_checks import Effect, field_of, try_out
from organisation.tree_history import PlaceVersion
from organisation.tree_import import LOCK
from organisation.tree_late import refuse_later_changes
from organisation.tree_model import Tree, Unit
from organisation.tree_plans import OPEN, WAITING, Operation, PlanState, TreeChange, TreePlan, TreeWord
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.models import Place, Tenant
from tenants.subject import Subject
from tenants.tiers import Tier

HOLDING = text("select tenants_with_cases(:ids)")
GIVES_CODE = (Operation.CREATE, Operation.RECODE, Operation.SPLIT)
MOST = 200
"""Lines of one plan."""


class ChangeForm(Struct, frozen=True, kw_only=True):
    """One line. Units are named by their codes; a line may speak of what a line before it made."""

    operation: Annotated[Operation, Meta(title=N_("调整方式"))]
    code: Annotated[str, Meta(title=N_("单位代码"), max_length=12)]
    name: Annotated[str, Meta(title=N_("新名称"), max_length=40)] | None = None
    kind: (
        Annotated[
            str, Meta(title=N_("类别"), description=N_("县、市、区、镇、乡、街道等；功能区填 zone"), max_length=10)
        ]
        | None
    ) = None
    new_code: Annotated[str, Meta(title=N_("新代码"), max_length=12)] | None = None
    parent_code: Annotated[str, Meta(title=N_("上级单位代码"), max_length=12)] | None = None
    into_code: Annotated[str, Meta(title=N_("并入单位代码"), max_length=12)] | None = None
    members: Annotated[
        list[Annotated[str, Meta(max_length=12)]],
        Meta(title=N_("划入的下级单位代码"), max_length=200, extra={"widget": "codes"}),
    ] = []
    contact: (
        Annotated[
            str, Meta(title=N_("接收方联系方式"), description=N_("告知当事人用；不填用机构公布的"), max_length=100)
        ]
        | None
    ) = None


class PlanForm(Struct, frozen=True, kw_only=True):
    effective_on: Annotated[date, Meta(title=N_("生效日期"))]
    ground: Annotated[str, Meta(title=N_("依据（文件名称和文号）"), min_length=2, max_length=200)]
    changes: Annotated[list[ChangeForm], Meta(title=N_("调整事项"), min_length=1, max_length=MOST)]


class PlanTooWide(Forbidden):
    code = "plan_too_wide"
    message = N_("方案涉及%(name)s之外的单位，应由共同的上级起草")


class PlanEnded(Conflict):
    code = "plan_ended"
    message = N_("方案已开始执行、已撤回或者未获批准，不能再改")


async def draft_plan(session: AsyncSession, subject: Subject, form: PlanForm) -> TreePlan:
    """Raises InvalidInput (a field of the form or of a line), PlanTooWide. The tree itself stays as it is."""
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    now = instant(session)
    if form.effective_on < local_date(now):
        raise invalid("effective_on", "too_small", N_("日期已过"))
    await session.execute(LOCK)  # of two at once the later sees the earlier
    tree = await load_tree(session)
    known = dict(tree.units)
    effects = await check(session, tree, form.changes)
    await _refuse_overlap(session, form.changes)
    above = tree_above(known, effects)
    await _refuse_too_wide(session, subject, above)
    plan = TreePlan(
        id=new_id(now), version=1, tenant_id=above, effective_on=form.effective_on, ground=form.ground,
        state=PlanState.DRAFTED.value, drafted_by=subject.person_id, recorded_at=now, cases_done=0,
    )  # fmt: skip
    session.add(plan)
    await session.flush()
    session.add_all(_rows(plan, form.changes, effects))
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "tree_plan", plan.id, above, drafted=len(form.changes))
    return plan


async def load_tree(session: AsyncSession) -> Tree:
    """All units in force."""
    query = (
        select(Tenant.id, Place.id, Tenant.parent_id, Tenant.tier, Tenant.name, Place.kind, Place.code_mca,
               Place.code_nbs)
        .join(Place, Place.id == Tenant.place_id)
        .where(Tenant.valid_to.is_(None))
        .order_by(Tenant.id)
    )  # fmt: skip
    return Tree(
        Unit(*row[:6], code=(row.code_nbs if row.kind == ZONE else row.code_mca) or "")
        for row in await session.execute(query)
    )


async def check(session: AsyncSession, tree: Tree, changes: Sequence[Any]) -> list[Effect]:
    """Try the lines on the tree, which becomes what they make of it. Raises InvalidInput with every broken field."""
    effects, errors = try_out(tree, changes)
    closed = {
        effect.subject: number
        for number, (line, effect) in enumerate(zip(changes, effects, strict=False))
        if not errors and line.operation == Operation.CLOSE
    }
    holding = (await session.scalars(HOLDING, {"ids": list(closed)})).all() if closed else ()
    message = N_("还有案件或者案卷，不能径行撤销；请用“并入”写明由谁承接")
    errors += [FieldError(f"changes.{closed[one]}.code", "has_cases", message) for one in holding]
    errors += [
        FieldError(f"changes.{number}.into_code", "gone", N_("承接单位在同一方案中也将撤并"))
        for number, effect in enumerate(effects)
        if not errors and any(one is not None and one not in tree.units for one in (effect.into, effect.made))
    ]
    if not errors:
        errors = list(_of_others(changes, effects))
    if not errors:
        errors = await _codes_of_others(session, changes, effects)
    if errors:
        raise InvalidInput(*errors)
    return effects


def _of_others(changes: Sequence[Any], effects: Sequence[Effect]) -> Iterator[FieldError]:
    """Codes that meant another unit when the plan was drafted: an import may have given them away since."""
    message = N_("这个代码现已属于另一个单位：%(code)s")
    for number, (line, effect) in enumerate(zip(changes, effects, strict=True)):
        for code, unit in (line.named or {}).items() if isinstance(line, TreeChange) else ():
            if effect.named.get(code) != unit:
                yield FieldError(f"changes.{number}.{field_of(line, code)}", "another", message, {"code": code})


async def check_plan(session: AsyncSession, plan: TreePlan, tree: Tree, changes: Sequence[TreeChange]) -> list[Effect]:
    """As `check`, of a plan that was drafted: it still reaches no further than below its tenant, and nothing that it
    touches has changed since its day."""
    known = dict(tree.units)
    effects = await check(session, tree, changes)
    if plan.tenant_id not in Tree(known.values()).line(tree_above(known, effects)):
        raise invalid("changes", "too_wide", N_("所涉单位已不在起草单位之下，应由共同的上级另行起草"))
    await refuse_later_changes(session, plan.effective_on, known, effects)
    return effects


async def _codes_of_others(
    session: AsyncSession, changes: Sequence[Any], effects: Sequence[Effect]
) -> list[FieldError]:
    """A code that another unit bore this year: both would give the same case numbers (decisions.md 20)."""
    given = {
        line.code if line.operation == Operation.CREATE else line.new_code: (number, line.operation, effect.after)
        for number, (line, effect) in enumerate(zip(changes, effects, strict=True))
        if line.operation in GIVES_CODE and effect.after is not None and effect.after.tier != Tier.TOWNSHIP
    }
    year = local_date(instant(session)).replace(month=1, day=1)
    query = select(PlaceVersion.code_mca, PlaceVersion.place_id).where(
        PlaceVersion.code_mca.in_(list(given)), PlaceVersion.until > year
    )
    taken = {(code, place) for code, place in await session.execute(query)} if given else set()
    return [
        FieldError(
            f"changes.{number}.{'code' if operation == Operation.CREATE else 'new_code'}", "of_another",
            N_("这个代码今年还属于另一个单位，案号会重复；明年起才能改用：%(code)s"), {"code": code},
        )
        for code, (number, operation, unit) in given.items()
        if any(one == code and place != unit.place_id for one, place in taken)
    ]  # fmt: skip


def tree_above(known: dict[int, Unit], effects: Sequence[Effect]) -> int:
    """The lowest tenant above all that the lines change, and above or at where they put it, as the tree stands now."""
    tree = Tree(known.values())
    lines = [tree.line(effect.subject)[1:] or [effect.subject] for effect in effects if effect.subject in known]
    for effect in effects:
        parents = {effect.after.parent, effect.into} if effect.after else set[int | None]()
        if effect.after is None and (taker := known.get(effect.into or effect.subject)):  # else the plan makes it
            parents.add(taker.parent)
        lines += [tree.line(parent) for parent in parents if parent in known]
    found = Tree.common(lines)
    assert found is not None, "every unit of one tree stands below its top"
    return found


async def plan_of(session: AsyncSession, subject: Subject, plan_id: UUID, version: int | None = None) -> TreePlan:
    """Raises NotFound outside the subject's subtree. With a version it is to be changed: held until the end of the
    transaction; raises VersionStale, PlanEnded."""
    plan = await session.get(TreePlan, plan_id, populate_existing=True)
    if plan is None:
        raise NotFound
    await tenant_within(session, subject, plan.tenant_id)
    if version is None:
        return plan
    if plan.state not in WAITING:
        raise PlanEnded
    await session.refresh(plan, with_for_update=True)
    if plan.version != version:
        raise VersionStale
    return plan


async def changes_of(session: AsyncSession, plan_id: UUID) -> Sequence[TreeChange]:
    query = select(TreeChange).where(TreeChange.plan_id == plan_id).order_by(TreeChange.ordinal)
    return (await session.scalars(query)).all()


async def words_of(session: AsyncSession, plan_id: UUID) -> Sequence[TreeWord]:
    return (
        await session.scalars(select(TreeWord).where(TreeWord.plan_id == plan_id).order_by(TreeWord.recorded_at))
    ).all()


def _rows(plan: TreePlan, changes: Sequence[ChangeForm], effects: Sequence[Effect]) -> list[TreeChange]:
    return [
        TreeChange(
            plan_id=plan.id, ordinal=number, operation=line.operation.value, code=line.code, name=line.name,
            kind=line.kind, new_code=line.new_code, parent_code=line.parent_code, into_code=line.into_code,
            members=line.members, contact=line.contact, tenant_id=effect.subject if effect.subject > 0 else None,
            named={code: unit for code, unit in effect.named.items() if unit > 0},
        )
        for number, (line, effect) in enumerate(zip(changes, effects, strict=True))
    ]  # fmt: skip


async def _refuse_overlap(session: AsyncSession, changes: Sequence[ChangeForm]) -> None:
    """Two open plans may bring units to one parent; what one of them changes, the other may not speak of."""
    query = select(TreeChange).join(TreePlan, TreePlan.id == TreeChange.plan_id).where(TreePlan.state.in_(OPEN))
    changed, spoken = set[str](), set[str]()
    for other in await session.scalars(query):
        changed |= _changed(other)
        spoken |= _changed(other) | {other.parent_code or ""}
    errors = [
        FieldError(f"changes.{number}.code", "planned", N_("另一份未执行完的方案已涉及：%(code)s"), {"code": line.code})
        for number, line in enumerate(changes)
        if not _changed(line).isdisjoint(spoken) or line.parent_code in changed
    ]
    if errors:
        raise InvalidInput(*errors)


def _changed(line: Any) -> set[str]:
    return {code for code in (line.code, line.new_code, line.into_code, *line.members) if code}


async def _refuse_too_wide(session: AsyncSession, subject: Subject, above: int) -> None:
    try:
        await tenant_within(session, subject, above)
    except NotFound:
        own = await session.get_one(Tenant, subject.tenant_id)
        raise PlanTooWide(name=own.name) from None
