"""What the inspecting tier reads of its findings: which wait, which come again, by tenant and item, never by person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import Forbidden
from foundation.store import instant
from oversight.checklists import ChecklistItem
from oversight.finding_models import WAITING, FindingStep, InspectionFinding, InspectionScore
from oversight.notes import reads
from oversight.paging import PAGE, goes_on, seen
from policies import gate
from policies.actions import Action
from policies.gate import Permissions
from tenants.models import Tenant
from tenants.subject import Subject

AGAIN = 2
"""In so many inspections the same item makes a repeated finding."""
ORDER = (InspectionFinding.deadline, InspectionFinding.id)


class Repeated(Struct, frozen=True):
    """One item at one tenant; `inspections`: in how many it was found."""

    tenant_id: int
    tenant: str
    item: str
    inspections: int
    latest: datetime


class OpenFinding(Struct, frozen=True):
    id: UUID
    case_id: UUID
    tenant: str
    item: str
    state: str
    deadline: datetime
    late: bool


class FindingPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    findings: list[OpenFinding]
    after: UUID | None


class ScoreView(Struct, frozen=True):
    inspection_id: UUID
    item: str
    most: int
    points: int
    reason: str


class StepView(Struct, frozen=True):
    kind: str
    words: str
    at: datetime


class FindingView(Struct, frozen=True):
    id: UUID
    inspection_id: UUID
    item: str
    words: str
    state: str
    deadline: datetime
    steps: list[StepView]


class CaseFindings(Struct, frozen=True):
    scores: list[ScoreView]
    findings: list[FindingView]


def _inspecting(subject: Subject) -> None:
    if subject.tenant_id is None or not gate.may(subject, Action.QUALITY_INSPECT):
        raise Forbidden


async def repeated(session: AsyncSession, subject: Subject) -> list[Repeated]:
    """Found by the own tenant's inspections, in the order of the tree and of the checklist; raises Forbidden."""
    _inspecting(subject)
    times = func.count(InspectionFinding.inspection_id.distinct())
    query = (
        select(Tenant.id, Tenant.name, ChecklistItem.text, times, func.max(InspectionFinding.recorded_at))
        .join(Tenant, Tenant.id == InspectionFinding.holder_tenant_id)
        .join(ChecklistItem, ChecklistItem.id == InspectionFinding.item_id)
        .where(InspectionFinding.tenant_id == subject.tenant_id)
        .group_by(Tenant.id, Tenant.name, ChecklistItem.text)
        .having(times >= AGAIN)
        .order_by(Tenant.id, ChecklistItem.text)
    )
    return [Repeated(*row) for row in await session.execute(query)]


async def open_findings(
    session: AsyncSession, subject: Subject, after: UUID | None = None, size: int = PAGE
) -> FindingPage:
    """Of the own office's inspections, by the day on which an answer is due.

    Raises Forbidden; InvalidInput at `after` for one that the reader does not see.
    """
    _inspecting(subject)
    query = (
        select(InspectionFinding, Tenant.name, ChecklistItem.text)
        .join(Tenant, Tenant.id == InspectionFinding.holder_tenant_id)
        .join(ChecklistItem, ChecklistItem.id == InspectionFinding.item_id)
        .where(InspectionFinding.office_id == subject.office_id, InspectionFinding.state != "accepted")
        .order_by(*ORDER)
        .limit(size + 1)
    )
    if after is not None:
        last = await seen(session, InspectionFinding, after)
        query = query.where(tuple_(*ORDER) > tuple_(last.deadline, last.id))
    rows, now = (await session.execute(query)).all(), instant(session)
    shown = [
        OpenFinding(
            one.id, one.case_id, tenant, item, one.state, one.deadline, one.state in WAITING and one.deadline < now
        )
        for one, tenant, item in rows[:size]
    ]
    return FindingPage(shown, goes_on([row[0].id for row in rows], size))


async def findings_for(
    session: AsyncSession, subject: Subject, case_id: UUID, permissions: Permissions
) -> CaseFindings:
    """Of one case: to the inspecting office its own, to the holder's people all."""
    items = {one.id: one for one in await session.scalars(_items_of(case_id))}
    scores = select(InspectionScore).join(ChecklistItem, ChecklistItem.id == InspectionScore.item_id)
    scores = scores.where(InspectionScore.case_id == case_id)
    scores = scores.order_by(InspectionScore.inspection_id, ChecklistItem.position)
    found = select(InspectionFinding).where(InspectionFinding.case_id == case_id).order_by(InspectionFinding.id)
    steps = await _steps(session, case_id)
    return CaseFindings(
        [
            ScoreView(one.inspection_id, items[one.item_id].text, items[one.item_id].most, one.points, one.reason)
            for one in await session.scalars(scores)
            if reads(subject, permissions, one.office_id)
        ],
        [
            FindingView(
                one.id, one.inspection_id, items[one.item_id].text, one.words, one.state, one.deadline,
                [StepView(step.kind, step.words, step.recorded_at) for step in steps if step.finding_id == one.id],
            )
            for one in await session.scalars(found)
            if reads(subject, permissions, one.office_id)
        ],
    )  # fmt: skip


def _items_of(case_id: UUID) -> Select[ChecklistItem]:
    scored = select(InspectionScore.item_id).where(InspectionScore.case_id == case_id)
    found = select(InspectionFinding.item_id).where(InspectionFinding.case_id == case_id)
    return select(ChecklistItem).where(or_(ChecklistItem.id.in_(scored), ChecklistItem.id.in_(found)))


async def _steps(session: AsyncSession, case_id: UUID) -> Sequence[FindingStep]:
    query = select(FindingStep).where(FindingStep.case_id == case_id).order_by(FindingStep.recorded_at, FindingStep.id)
    return (await session.scalars(query)).all()
